using RnnServe.Inference.Kinds;
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

    private static void Run(SearchRows search, int steps)
    {
        for (int step = 0; step < steps; step++)
            search.Step();
    }
}
