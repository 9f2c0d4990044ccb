using System.Diagnostics;
using RnnServe.Inference.Batching;
using RnnServe.Inference.Models;
using RnnServe.Inference.Tasks;
using RnnServe.Training.Data;

namespace RnnServe.Benchmarks;

/// <summary>Sentences per second in this process: how many a worker decodes at once, how many callers there are, how calls arrive.</summary>
internal static class EngineBenchmark
{
    private const int Beam = 5, Rounds = 3;

    private static readonly int[] Pools = [1, 4, 8, 12, 16, 24, 32];
    private static readonly int[] Callers = [1, 4, 16, 64, 256];
    private static readonly double[] Loads = [0.25, 0.5, 0.75];

    /// <param name="folder">Folder of a translation model's version.</param>
    /// <param name="texts">Sentences, one a line.</param>
    public static async Task RunAsync(string folder, string texts)
    {
        string[] sentences = [.. ParallelCorpus.ReadLines(texts).Where(line => !string.IsNullOrWhiteSpace(line))];
        var bundle = ModelBundle.Load(folder);
        Console.WriteLine($"{bundle.Manifest.Name}, {sentences.Length} sentences, beam {Beam}, {Environment.ProcessorCount} cores; medians of {Rounds} rounds.");
        foreach (string precision in PrecisionSet.Names.Where(name => bundle.Manifest.Graphs.Of(name) is not null))
        {
            int best = await PoolsAsync(folder, precision, sentences);
            await using var translator = await LoadAsync(folder, precision, best);
            double most = await CallersAsync(translator, precision, sentences);
            await ArrivalsAsync(translator, precision, sentences, most);
        }
    }

    /// <summary>All sentences at once, by the number that a worker decodes at a time.</summary>
    /// <returns>The fastest number.</returns>
    private static async Task<int> PoolsAsync(string folder, string precision, string[] sentences)
    {
        Console.WriteLine($"\n| {precision}: sentences a worker decodes at once | sentences/s |\n|---|---|");
        var (best, fastest) = (0, 0.0);
        foreach (int pool in Pools)
        {
            await using var translator = await LoadAsync(folder, precision, pool);
            var rates = new List<double>();
            for (int round = 0; round < Rounds; round++)
            {
                long start = Stopwatch.GetTimestamp();
                await TranslateAsync(translator, sentences);
                rates.Add(sentences.Length / Stopwatch.GetElapsedTime(start).TotalSeconds);
            }

            double median = Measured.Median(rates);
            Console.WriteLine($"| {pool} | {median:F0} |");
            if (median > fastest)
                (best, fastest) = (pool, median);
        }

        return best;
    }

    /// <summary>Callers that each send a sentence when they have the answer to the last one.</summary>
    /// <returns>The greatest rate.</returns>
    private static async Task<double> CallersAsync(Translator translator, string precision, string[] sentences)
    {
        Console.WriteLine($"\n| {precision}: callers | sentences/s | p50 | p95 | p99 |\n|---|---|---|---|---|");
        double most = 0;
        foreach (int callers in Callers)
        {
            int next = -1;
            var latencies = new double[sentences.Length];
            long start = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
            {
                for (int i = Interlocked.Increment(ref next); i < sentences.Length; i = Interlocked.Increment(ref next))
                    latencies[i] = await LatencyAsync(translator, sentences[i]);
            })));
            double rate = sentences.Length / Stopwatch.GetElapsedTime(start).TotalSeconds;
            most = Math.Max(most, rate);
            Console.WriteLine($"| {callers} | {rate:F0} | {Measured.Percentiles(latencies)} |");
        }

        return most;
    }

    /// <summary>Sentences that arrive at random, as those of independent people do, whether the last ones are answered or not.</summary>
    private static async Task ArrivalsAsync(Translator translator, string precision, string[] sentences, double most)
    {
        Console.WriteLine($"\n| {precision}: Poisson arrivals, share of {most:F0}/s | sentences/s | p50 | p95 | p99 |\n|---|---|---|---|---|");
        foreach (double load in Loads)
        {
            var random = new Random(1);
            var (due, answers) = (0.0, new List<Task<double>>());
            long start = Stopwatch.GetTimestamp();
            foreach (string sentence in sentences)
            {
                due += -Math.Log(1 - random.NextDouble()) / (most * load);
                while (Stopwatch.GetElapsedTime(start).TotalSeconds < due)
                    await Task.Delay(due - Stopwatch.GetElapsedTime(start).TotalSeconds > 0.002 ? 1 : 0);
                answers.Add(LatencyAsync(translator, sentence));
            }

            double[] latencies = await Task.WhenAll(answers);
            double rate = sentences.Length / Stopwatch.GetElapsedTime(start).TotalSeconds;
            Console.WriteLine($"| {load:P0} | {rate:F0} | {Measured.Percentiles(latencies)} |");
        }
    }

    private static async Task<double> LatencyAsync(Translator translator, string sentence)
    {
        long start = Stopwatch.GetTimestamp();
        await TranslateAsync(translator, [sentence]);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static Task<IReadOnlyList<Translation>> TranslateAsync(Translator translator, string[] texts) =>
        translator.TranslateAsync(texts, new TranslationOptions { BeamSize = Beam }, CancellationToken.None);

    private static Task<Translator> LoadAsync(string folder, string precision, int pool) => Translator.LoadAsync(
        folder, new BatchingOptions { MaxRows = pool * Beam, MaxQueued = 1_000_000 }, new LoadOptions { Precision = precision });
}
