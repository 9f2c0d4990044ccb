using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Data;
using RnnServe.Training.Layers;

namespace RnnServe.Training.Loop;

/// <summary>Fills dropout masks: a pure function of the seed and the shape, on any machine. Keeps its memory between steps.</summary>
internal sealed class DropoutSampler(IReadOnlyList<DropoutMask> masks) : IDisposable
{
    private readonly Tensor?[] tensors = new Tensor?[masks.Count];

    /// <summary>The masks of one step.</summary>
    /// <param name="symbols">Values of the shapes' symbols.</param>
    /// <param name="seed">Seed of the step.</param>
    /// <returns>A tensor for each mask, in order; they stay this object's and hold until the next call.</returns>
    public IReadOnlyList<Tensor> Sample(IReadOnlyDictionary<string, long> symbols, ulong seed)
    {
        for (int i = 0; i < tensors.Length; i++)
        {
            long[] shape = masks[i].Mask.Shape.Evaluate(symbols);
            long length = shape.Aggregate(1L, (a, b) => a * b);
            if (tensors[i] is not { } tensor || tensor.Capacity < length)
            {
                tensors[i]?.Dispose();
                tensors[i] = tensor = Tensor.Allocate(ElementType.Float, length + (length / 4));
            }

            tensor.Reshape(shape);
            Fill(tensor.AsSpan<float>(), masks[i].Rate, SeededRandom.SeedOf(seed, (ulong)i));
        }

        return tensors!;
    }

    public void Dispose()
    {
        foreach (var tensor in tensors)
            tensor?.Dispose();
    }

    /// <summary>0 with probability <paramref name="rate"/>, else 1 / (1 - rate).</summary>
    /// <remarks>Sixteen generators side by side, xorshift32 of Marsaglia 2003: a vector of any width gives the same numbers.</remarks>
    internal static void Fill(Span<float> mask, double rate, ulong seed)
    {
        Span<uint> start = stackalloc uint[Vector512<uint>.Count];
        var random = new SeededRandom(seed, 0);
        foreach (ref uint lane in start)
            lane = (uint)random.Next() | 1;

        var state = Vector512.Create<uint>(start);
        var threshold = Vector512.Create((uint)(rate * uint.MaxValue));
        var kept = Vector512.Create((float)(1 / (1 - rate)));
        var whole = MemoryMarshal.Cast<float, Vector512<float>>(mask);
        foreach (ref var block in whole)
            block = NextBlock(ref state, threshold, kept);
        var rest = mask[(whole.Length * Vector512<float>.Count)..];
        if (rest.IsEmpty)
            return;
        Span<float> last = stackalloc float[Vector512<float>.Count];
        NextBlock(ref state, threshold, kept).CopyTo(last);
        last[..rest.Length].CopyTo(rest);
    }

    private static Vector512<float> NextBlock(ref Vector512<uint> state, Vector512<uint> threshold, Vector512<float> kept)
    {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        return Vector512.GreaterThanOrEqual(state, threshold).AsSingle() & kept;
    }
}
