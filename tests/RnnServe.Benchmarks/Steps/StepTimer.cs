using System.Diagnostics;
using RnnServe.Inference.Decoding;
using RnnServe.Inference.Models;

namespace RnnServe.Benchmarks;

/// <summary>A decoder's step and its bare products, in one precision, on as many rows as one likes.</summary>
internal sealed class StepTimer(ModelSessions sessions) : IDisposable
{
    public const int StepsPerRound = 30;

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

    public void Dispose()
    {
        decoder?.Dispose();
        products.Dispose();
        sessions.Dispose();
    }
}
