using System.Diagnostics;
using RnnServe.Inference.Decoding;
using RnnServe.Inference.Models;

namespace RnnServe.Benchmarks;

/// <summary>A decoder's step and its bare products, in one precision, on as many rows as one likes.</summary>
internal sealed class StepTimer(ModelSessions sessions) : IDisposable
{
    public const int StepsPerRound = 30;

    /// <summary>Tokens of a row that a search of width 5 wants: 10, and as many as are never taken.</summary>
    public const int Ranked = 13;

    private readonly Products products = new(sessions);
    private OnnxDecoder? decoder;
    private int[] tokens = [];

    public string Precision => sessions.Precision;

    public Products Products => products;

    /// <summary>Starts sentences; the first runs, which allocate, are done here.</summary>
    public void Prepare(int sentences, int width)
    {
        decoder?.Dispose();
        decoder = sessions.CreateDecoder();
        tokens = [.. Enumerable.Range(0, sentences * width).Select(row => 10 + (row % 100))];
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

    /// <summary>Microseconds of what the search does with the logits of a step, mean of a round.</summary>
    public double Ranking()
    {
        var logits = decoder!.Advance(tokens, attention: false).Logits;
        int vocabulary = logits.Length / tokens.Length;
        Span<float> values = stackalloc float[Ranked];
        Span<int> best = stackalloc int[Ranked];
        long start = Stopwatch.GetTimestamp();
        for (int step = 0; step < StepsPerRound; step++)
        {
            for (int row = 0; row < tokens.Length; row++)
                TopK.Select(logits.Slice(row * vocabulary, vocabulary), values, best);
        }

        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / StepsPerRound;
    }

    public void Dispose()
    {
        decoder?.Dispose();
        products.Dispose();
        sessions.Dispose();
    }
}
