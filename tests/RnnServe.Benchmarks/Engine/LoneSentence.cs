using System.Diagnostics;
using RnnServe.Inference.Kinds.Translate;

namespace RnnServe.Benchmarks;

/// <summary>The time of one sentence that has the machine to itself, and its parts.</summary>
internal static class LoneSentence
{
    private const int WarmUp = 20, Calls = 100;

    public static async Task MeasureAsync(EngineRun run, Strategy best, CancellationToken stop)
    {
        var tokenizer = ((TranslateManifest)run.Bundle.Manifest).LoadTokenizers(run.Bundle.Folder).Source;
        string sentence = run.Sentences.MinBy(s => Math.Abs(tokenizer.Encode(s).Length + 1 - StepSources.Tokens))!;
        run.Report.Section($"A lone sentence of {tokenizer.Encode(sentence).Length + 1} tokens");
        run.Report.Say($"{run.Rounds} x {Calls} calls one after the other. The parts are medians: encoder, "
            + "decoder's steps with the search, and the rest, which is tokens, queue and the way between threads.");
        run.Report.Header("precision", "beam", "p50", "p95", "p50 of the rounds", "encoder", "decoding", "rest");
        foreach (int beam in new[] { 1, run.Beam }.Distinct())
        {
            var calls = run.Precisions.ToDictionary(p => p, _ => new List<Call>());
            for (int round = 0; round < run.Rounds; round++)
            {
                foreach (string precision in run.Precisions)
                    calls[precision].AddRange(await CallsAsync(run with { Beam = beam }, best, precision, sentence, stop));
            }

            foreach (var (precision, all) in calls)
                Row(run.Report, precision, beam, all);
        }
    }

    private static async Task<List<Call>> CallsAsync(EngineRun run, Strategy best, string precision, string sentence, CancellationToken stop)
    {
        await using var engine = await run.LoadAsync(precision, best);
        var calls = new List<Call>();
        for (int i = -WarmUp; i < Calls; i++)
        {
            long start = Stopwatch.GetTimestamp();
            var timing = (await engine.TranslateAsync(sentence, stop)).Timing;
            if (i >= 0)
                calls.Add(new(Stopwatch.GetElapsedTime(start).TotalMilliseconds, timing.EncodeMs, timing.DecodeMs));
        }

        return calls;
    }

    private static void Row(Report report, string precision, int beam, List<Call> calls) => report.Row(
        precision,
        $"{beam}",
        Measured.Cells(calls.Select(c => c.Total), 0.5, 0.95),
        Measured.Spread(calls.Chunk(Calls).Select(round => Measured.Median(round.Select(c => c.Total))), 2),
        $"{Measured.Median(calls.Select(c => c.Encode)):F2} ms",
        $"{Measured.Median(calls.Select(c => c.Decode)):F2} ms",
        $"{Measured.Median(calls.Select(c => c.Total - c.Encode - c.Decode)):F2} ms");

    /// <summary>Milliseconds of a call and of its parts.</summary>
    private readonly record struct Call(double Total, double Encode, double Decode);
}
