using System.Diagnostics;
using RnnServe.Inference.Search;

namespace RnnServe.Benchmarks;

/// <summary>A decoder's step, its bare products and the ranking of its logits, in one precision, on as many rows as one likes.</summary>
internal sealed class StepTimer(ModelSessions sessions) : IDisposable
{
    public const int StepsPerRound = 30;

    private readonly Products products = new(sessions);
    private OnnxDecoder? decoder;
    private int[] tokens = [];
    private int ranked;

    public string Precision => sessions.Precision;

    public Products Products => products;

    /// <summary>Starts sentences; the first runs, which allocate, are done here.</summary>
    public void Prepare(int sentences, int width)
    {
        decoder?.Dispose();
        decoder = sessions.CreateDecoder();
        tokens = [.. Enumerable.Range(0, sentences * width).Select(row => 10 + (row % 100))];
        ranked = TokenRules.Of(sessions.Manifest.Decoder).Ranked(width);
        decoder.Start(StepSources.Of(sessions.Bundle.Manifest, sentences), width);
        decoder.Advance(tokens, attention: false);
        products.Prepare(tokens.Length);
        products.Time(1);
    }

    /// <summary>Microseconds of a step, mean of a round.</summary>
    public double Step()
    {
        long start = Stopwatch.GetTimestamp();
        for (int step = 0; step < StepsPerRound; step++)
            decoder!.Advance(tokens, attention: false);
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / StepsPerRound;
    }

    /// <summary>Microseconds of its products alone, mean of a round.</summary>
    public double Bare() => products.Time(StepsPerRound);

    /// <summary>Microseconds of finding the tokens that the search wants of each row, and its log-sum; mean of a round of steps.</summary>
    public double Ranking()
    {
        var time = TimeSpan.Zero;
        Span<float> values = stackalloc float[ranked];
        Span<int> best = stackalloc int[ranked];
        for (int step = 0; step < StepsPerRound; step++)
        {
            var logits = decoder!.Advance(tokens, attention: false).Logits;
            int vocabulary = logits.Length / tokens.Length;
            long start = Stopwatch.GetTimestamp();
            for (int row = 0; row < tokens.Length; row++)
                TopK.Select(logits.Slice(row * vocabulary, vocabulary), values, best);
            time += Stopwatch.GetElapsedTime(start);
        }

        return time.TotalMicroseconds / StepsPerRound;
    }

    public void Dispose()
    {
        decoder?.Dispose();
        products.Dispose();
        sessions.Dispose();
    }
}
