using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Scheduling;

public sealed class ModelMeterTests
{
    [Fact]
    public void Padding_is_what_lies_behind_a_source_and_in_rows_without_a_hypothesis()
    {
        using var folder = new TemporaryFolder();
        using var sessions = ModelSessions.Load(BundleReader.Load(TinyBundle.Create(folder.Path, "tiny")));
        using var decoder = sessions.CreateDecoder();
        var search = new SearchRows(decoder);
        var options = new DecodingOptions { BeamSize = 2, MaxLength = 9 };
        var rules = TokenRules.Of(sessions.Manifest.Decoder);
        search.Add([new BeamSearch(new TextSource([5, 6, 3]), rules, options), new BeamSearch(new TextSource([5, 6, 7, 8, 3]), rules, options)]);

        // Before the first step a sentence has one hypothesis.
        Assert.Equal(new StepWork(Rows: 4, Positions: 4 * 5, Padding: (4 * 5) - 3 - 5), search.Work());
    }

    [Fact]
    public async Task A_translation_is_measured_under_its_model_from_the_queue_to_the_last_token()
    {
        using var folder = new TemporaryFolder();
        using var meter = new Meter("RnnServe");
        using var listener = new MeterListener();
        var measured = new ConcurrentDictionary<string, ConcurrentQueue<double>>();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter == meter)
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.Start();
        await using var pool = new WorkerPool(new BatchingOptions { Workers = 1 }, meter: meter);
        await using var model = await KindLoader.LoadAsync(TinyBundle.Create(folder.Path, "tiny"), pool);
        Assert.True(SpinWait.SpinUntil(IsQuiet, TimeSpan.FromSeconds(20)));
        measured.Clear();       // the canary

        var found = (await ((Translator)model).TranslateAsync(["Abc cab. Bac!"], new SearchOptions { BeamSize = 2 }, default))[0];

        Assert.True(SpinWait.SpinUntil(IsQuiet, TimeSpan.FromSeconds(20)));
        Assert.Equal(2, measured["rnnserve.queue.wait"].Count);
        Assert.Equal(2, measured["rnnserve.time_to_first_token"].Count);
        Assert.Equal(found.SourceTokens, measured["rnnserve.tokens.source"].Sum());
        Assert.Equal(found.TargetTokens, measured["rnnserve.tokens.target"].Sum());
        Assert.Equal(measured["rnnserve.step.duration"].Count, measured["rnnserve.batch.rows"].Count);
        Assert.InRange(measured["rnnserve.batch.padding"].Sum(), 1, measured["rnnserve.batch.positions"].Sum() - 1);
        Assert.All(measured["rnnserve.queue.wait"].Concat(measured["rnnserve.step.duration"]), seconds => Assert.InRange(seconds, 0, 60));

        // The worker tells of the last rows when the answer is out already.
        bool IsQuiet() => measured.TryGetValue("rnnserve.rows.live", out var rows) && rows.Sum() == 0;

        void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            Assert.Equal([new("task", "translate"), new("model", "tiny"), new("version", "1")], tags.ToArray());
            measured.GetOrAdd(instrument.Name, _ => []).Enqueue(value);
        }
    }
}
