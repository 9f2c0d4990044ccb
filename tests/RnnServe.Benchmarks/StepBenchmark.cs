using System.Diagnostics;
using RnnServe.Inference.Decoding;
using RnnServe.Inference.Models;

namespace RnnServe.Benchmarks;

/// <summary>Time of a decoder's step by its rows, in each precision that a bundle has.</summary>
internal static class StepBenchmark
{
    private const int Beam = 5, Tokens = 14, Rounds = 7, StepsPerRound = 30;

    private static readonly int[] Sentences = [1, 2, 3, 6, 8, 13, 16, 26, 51];

    /// <param name="folder">Folder of a translation model's version.</param>
    public static void Run(string folder)
    {
        var bundle = ModelBundle.Load(folder);
        string[] precisions = [.. PrecisionSet.Names.Where(name => bundle.Manifest.Graphs.Of(name) is not null)];
        ModelSessions[] sessions = [.. precisions.Select(precision => ModelSessions.Load(bundle, precision: precision))];
        Console.WriteLine($"{Path.GetFileName(Path.GetDirectoryName(bundle.Folder))}: microseconds a step, one thread, sources of {Tokens} tokens; median of {Rounds} rounds of {StepsPerRound} steps.");
        Console.WriteLine($"| rows | {string.Join(" | ", precisions)} | ratio |");
        Console.WriteLine($"|---|{string.Concat(Enumerable.Repeat("---|", precisions.Length + 1))}");
        foreach (int sentences in Sentences)
        {
            OnnxDecoder[] decoders = [.. sessions.Select(s => s.CreateDecoder())];
            int[] tokens = [.. Enumerable.Range(0, sentences * Beam).Select(i => 10 + (i % 100))];
            foreach (var decoder in decoders)
            {
                decoder.Start([.. Enumerable.Range(0, sentences).Select(i => (Source)new TextSource([.. Enumerable.Range(20 + i, Tokens)]))], Beam);
                decoder.Advance(tokens, attention: false);
            }

            // Precisions take turns, so that what disturbs one disturbs all.
            double[][] times = [.. Enumerable.Range(0, Rounds).Select(_ => decoders.Select(decoder => Time(decoder, tokens)).ToArray())];
            double[] medians = [.. precisions.Select((_, i) => Measured.Median(times.Select(round => round[i])))];
            Console.WriteLine($"| {sentences * Beam} | {string.Join(" | ", medians.Select(m => $"{m:F0}"))} | {medians[^1] / medians[0]:F2} |");
            foreach (var decoder in decoders)
                decoder.Dispose();
        }

        foreach (var session in sessions)
            session.Dispose();
    }

    private static double Time(OnnxDecoder decoder, int[] tokens)
    {
        long start = Stopwatch.GetTimestamp();
        for (int step = 0; step < StepsPerRound; step++)
            decoder.Advance(tokens, attention: false);
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / StepsPerRound;
    }
}
