using System.Diagnostics;
using RnnServe.Inference.Search;

namespace RnnServe.Benchmarks;

/// <summary>A decoder that notes how long its verbs take, and how many rows its steps have.</summary>
internal sealed class TimedDecoder(IDecoder decoder) : IDecoder
{
    private long encoding, stepping, reordering;

    public int VocabularySize => decoder.VocabularySize;

    public int LeastWidth => decoder.LeastWidth;

    public TimeSpan Encoding => Stopwatch.GetElapsedTime(0, encoding);

    public TimeSpan Stepping => Stopwatch.GetElapsedTime(0, stepping);

    public TimeSpan Reordering => Stopwatch.GetElapsedTime(0, reordering);

    /// <summary>How many steps had how many rows.</summary>
    public Dictionary<int, int> Steps { get; } = [];

    /// <summary>Forgets what was noted.</summary>
    public void Clear()
    {
        (encoding, stepping, reordering) = (0, 0, 0);
        Steps.Clear();
    }

    public void Start(IReadOnlyList<Source> sources, int width)
    {
        long start = Stopwatch.GetTimestamp();
        decoder.Start(sources, width);
        encoding += Stopwatch.GetTimestamp() - start;
    }

    public DecoderOutput Advance(ReadOnlySpan<int> tokens, bool attention)
    {
        long start = Stopwatch.GetTimestamp();
        var output = decoder.Advance(tokens, attention);
        stepping += Stopwatch.GetTimestamp() - start;
        Steps[tokens.Length] = Steps.GetValueOrDefault(tokens.Length) + 1;
        return output;
    }

    public void Reorder(ReadOnlySpan<int> parents, int width)
    {
        long start = Stopwatch.GetTimestamp();
        decoder.Reorder(parents, width);
        reordering += Stopwatch.GetTimestamp() - start;
    }

    public void Dispose() => decoder.Dispose();
}
