using System.Collections.Concurrent;
using System.Diagnostics;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;

namespace RnnServe.Benchmarks;

/// <summary>Where the workers' time goes when all sentences are there at once, and how much of it the bare products would take.</summary>
internal static class WorkerProfile
{
    private const int RunsOfProducts = 10;

    public static async Task MeasureAsync(EngineRun run, Strategy strategy)
    {
        run.Report.Section("Where the workers' time goes");
        run.Report.Say($"All {run.Sentences.Length} sentences in one request, {strategy.Name}. Shares of the workers' time from "
            + "the first sentence to the last answer; the rest is the search, the queue, and workers that have nothing left to do in the end. "
            + "*Bare products* are the steps' products with weights, as `step` measures them, on as many rows as "
            + "each step had, by one thread that has the machine to itself.");
        run.Report.Header(
            "precision", "sentences/s", "encoder", "decoder's steps", "of all: bare products", "reordering", "rest", "rows a step, mean");
        foreach (string precision in run.Precisions)
        {
            using var sessions = ModelSessions.Load(run.Bundle, precision: precision);
            using var products = new Products(sessions);
            var decoders = new ConcurrentBag<TimedDecoder>();
            IDecoder Create()
            {
                var decoder = new TimedDecoder(sessions.CreateDecoder());
                decoders.Add(decoder);
                return decoder;
            }

            var batching = strategy.Options(run.Beam);
            await using var pool = new WorkerPool(batching);
            var queue = pool.Open(Cost.Of(batching, precision, sessions.LeastWidth), () => new SteppingBatch(Create, pool.Clock));
            await queue.RunAsync(Jobs(run), CancellationToken.None);
            var rounds = new List<double[]>();
            for (int round = 0; round < run.Rounds; round++)
            {
                foreach (var decoder in decoders)
                    decoder.Clear();
                long start = Stopwatch.GetTimestamp();
                await queue.RunAsync(Jobs(run), CancellationToken.None);
                rounds.Add(Parts(run, Stopwatch.GetElapsedTime(start), strategy.Workers, decoders, products));
            }

            double[] Column(int part) => [.. rounds.Select(parts => parts[part])];
            run.Report.Row([
                precision, Measured.Spread(Column(0)), .. Enumerable.Range(1, 5).Select(part => $"{Measured.Median(Column(part)):P1}"),
                $"{Measured.Median(Column(6)):F1}"]);
        }
    }

    private static double[] Parts(EngineRun run, TimeSpan wall, int workers, IReadOnlyCollection<TimedDecoder> decoders, Products products)
    {
        double all = wall.TotalMicroseconds * workers;
        double encoding = decoders.Sum(d => d.Encoding.TotalMicroseconds) / all;
        double stepping = decoders.Sum(d => d.Stepping.TotalMicroseconds) / all;
        double reordering = decoders.Sum(d => d.Reordering.TotalMicroseconds) / all;
        var steps = decoders.SelectMany(d => d.Steps).GroupBy(s => s.Key, s => s.Value).Select(g => (Rows: g.Key, Count: g.Sum())).ToList();
        double bare = 0;
        foreach (var (rows, count) in steps)
        {
            products.Prepare(rows);
            products.Time(1);
            bare += products.Time(RunsOfProducts) * count;
        }

        double mean = (double)steps.Sum(s => (long)s.Rows * s.Count) / steps.Sum(s => s.Count);
        double rest = 1 - encoding - stepping - reordering;
        return [run.Sentences.Length / wall.TotalSeconds, encoding, stepping, bare / all, reordering, rest, mean];
    }

    private static DecodeJob[] Jobs(EngineRun run)
    {
        var manifest = (TranslateManifest)run.Bundle.Manifest;
        var tokenizer = manifest.LoadTokenizers(run.Bundle.Folder).Source;
        var options = new SearchOptions { BeamSize = run.Beam };
        var rules = TokenRules.Of(manifest.Decoder);
        return [.. run.Sentences
            .Select(sentence => new TextSource([.. tokenizer.Encode(sentence), manifest.Translate.Encoder.EndId]))
            .Select(source => new DecodeJob(new BeamSearch(source, rules, options.For(manifest, source.Length))))];
    }
}
