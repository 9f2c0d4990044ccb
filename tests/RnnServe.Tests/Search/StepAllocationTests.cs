using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Search;

/// <summary>What a step of the search takes from the managed heap; alone, because a collection in between would count.</summary>
[Collection(nameof(StepAllocationTests))]
[CollectionDefinition(nameof(StepAllocationTests), DisableParallelization = true)]
public sealed class StepAllocationTests
{
    private const int WarmUp = 5, Steps = 20;

    [Theory, InlineData(1), InlineData(5)]
    public void A_step_in_which_nothing_ends_allocates_nothing(int beamSize)
    {
        using var folder = new TemporaryFolder();
        using var sessions = ModelSessions.Load(BundleReader.Load(TinyBundle.Create(folder.Path, "tiny")));
        using var decoder = sessions.CreateDecoder();
        var search = new SearchRows(decoder);
        // The end token is banned: no hypothesis ends before the limit.
        var rules = TokenRules.Of(sessions.Manifest.Decoder);
        rules = rules with { Banned = [.. rules.Banned, rules.End] };
        var options = new DecodingOptions { BeamSize = beamSize, MaxLength = WarmUp + Steps + 1 };
        search.Add([.. Enumerable.Range(5, 8).Select(i => new BeamSearch(new TextSource([i, i + 1, 3]), rules, options))]);
        Run(search, WarmUp);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(search, Steps);
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, bytes);
        Assert.Equal(8, search.Sentences.Count);
    }

    /// <summary>With the meters' listener of a server that is scraped.</summary>
    [Fact]
    public void A_measured_step_allocates_nothing_either()
    {
        using var folder = new TemporaryFolder();
        using var sessions = ModelSessions.Load(BundleReader.Load(TinyBundle.Create(folder.Path, "tiny")));
        using var meter = new Meter(nameof(StepAllocationTests));
        using var metrics = Sdk.CreateMeterProviderBuilder().AddMeter(meter.Name).AddPrometheusExporter().Build();
        using var engine = new EngineMeter(meter);
        var measured = new ModelMeter(engine, sessions.Bundle);
        var batch = new SteppingBatch(sessions.CreateDecoder, TimeProvider.System, measured);
        var rules = TokenRules.Of(sessions.Manifest.Decoder);
        rules = rules with { Banned = [.. rules.Banned, rules.End] };
        var options = new DecodingOptions { BeamSize = 5, MaxLength = WarmUp + Steps + 1 };
        for (int i = 5; i < 13; i++)
            batch.Add(new DecodeJob(new BeamSearch(new TextSource([i, i + 1, 3]), rules, options)));
        Run(WarmUp);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(Steps);
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(measured.IsWanted);
        Assert.Equal(0, bytes);
        Assert.Equal(8, batch.Jobs);
        batch.FailAll(new OperationCanceledException());

        void Run(int steps)
        {
            for (int step = 0; step < steps; step++)
                batch.Step();
        }
    }

    private static void Run(SearchRows search, int steps)
    {
        for (int step = 0; step < steps; step++)
            search.Step();
    }
}
