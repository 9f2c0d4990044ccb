using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RnnServe.Inference.Search;

/// <summary>The best tokens of a row of logits and the log of the sum that turns a logit into a log-probability.</summary>
/// <remarks>
/// log p(token) = logit - Select(...). A row's result depends on that row alone, so it is the same whatever the batch mates.
/// Each of the k blocks with the largest maxima has a logit that no other block exceeds, so the k best are in these blocks; of equal
/// maxima the earlier blocks are kept, whose tokens are lower. All loops are compiled with full optimisation at once: unoptimised
/// vectors take many times as long, which the first callers would wait for.
/// </remarks>
internal static class TopK
{
    /// <summary>Logits of a block: a multiple of every vector's lanes, and enough to hide the horizontal maximum.</summary>
    private const int Block = 64;

    /// <summary>Finds the best tokens.</summary>
    /// <param name="logits">One row, shape [V].</param>
    /// <param name="values">Receives the largest logits, best first; negative infinity behind the last one.</param>
    /// <param name="tokens">Receives their tokens, as many as <paramref name="values"/>; equal logits in the order of tokens; -1 behind
    /// the last one.</param>
    /// <returns>ln of the sum of exp over the whole row; NaN when a logit is NaN or positive infinity, or all are negative
    /// infinity.</returns>
    public static float Select(ReadOnlySpan<float> logits, Span<float> values, Span<int> tokens)
    {
        if (Vector512.IsHardwareAccelerated)
            return Select<Lanes512>(logits, values, tokens);
        if (Vector256.IsHardwareAccelerated)
            return Select<Lanes256>(logits, values, tokens);
        return Vector128.IsHardwareAccelerated
            ? Select<Lanes128>(logits, values, tokens)
            : Select<Lanes1>(logits, values, tokens);
    }

    /// <summary><see cref="Select(ReadOnlySpan{float}, Span{float}, Span{int})"/> with vectors of a given width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float Select<T>(ReadOnlySpan<float> logits, Span<float> values, Span<int> tokens) where T : struct, ILanes<T>
    {
        int inBlocks = logits.Length / Block * Block;
        Best<T>(logits[..inBlocks], values, tokens);
        for (int token = inBlocks; token < logits.Length; token++)
            Insert(logits[token], token, values, tokens);
        float max = values[0];
        if (!float.IsFinite(max))
            return float.NaN;
        float sum = SumOfExp<T>(logits[..inBlocks], max);
        for (int token = inBlocks; token < logits.Length; token++)
            sum += MathF.Exp(logits[token] - max);
        return max + MathF.Log(sum);
    }

    /// <summary>The best tokens of whole blocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Best<T>(ReadOnlySpan<float> logits, Span<float> values, Span<int> tokens) where T : struct, ILanes<T>
    {
        Clear(values, tokens);
        for (int start = 0; start < logits.Length; start += Block)
            Insert(MaxOf<T>(logits.Slice(start, Block)), start, values, tokens);
        Span<int> blocks = stackalloc int[tokens.Length];
        tokens.CopyTo(blocks);

        // Equal logits must come in the order of tokens.
        blocks.Sort();
        Clear(values, tokens);
        foreach (int start in blocks)
        {
            if (start >= 0)
                Insert<T>(logits.Slice(start, Block), start, values, tokens);
        }
    }

    private static void Clear(Span<float> values, Span<int> tokens)
    {
        values.Fill(float.NegativeInfinity);
        tokens.Fill(-1);
    }

    /// <summary>The maximum of a block; any number where the block has a NaN, which then shows in the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float MaxOf<T>(ReadOnlySpan<float> part) where T : struct, ILanes<T>
    {
        T max = T.Load(part);
        for (int i = T.Count; i < part.Length; i += T.Count)
            max = T.Max(max, T.Load(part[i..]));
        return max.MaxAcross();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float SumOfExp<T>(ReadOnlySpan<float> logits, float max) where T : struct, ILanes<T>
    {
        T shift = T.Create(max);
        T all = T.Create(0f);
        for (int start = 0; start < logits.Length; start += Block)
        {
            // Sums of sums, as thousands of equal terms would be rounded the same way each time.
            T sum = T.Create(0f);
            var part = logits.Slice(start, Block);
            for (int i = 0; i < part.Length; i += T.Count)
                sum += Exp(T.Load(part[i..]) - shift);
            all += sum;
        }

        return all.SumAcross();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Insert<T>(ReadOnlySpan<float> part, int start, Span<float> values, Span<int> tokens) where T : struct, ILanes<T>
    {
        for (int i = 0; i < part.Length; i += T.Count)
        {
            uint greater = T.Greater(T.Load(part[i..]), T.Create(values[^1]));
            for (; greater != 0; greater &= greater - 1)
            {
                int index = i + BitOperations.TrailingZeroCount(greater);
                Insert(part[index], start + index, values, tokens);
            }
        }
    }

    /// <summary>Keeps the list sorted; an equal value goes behind those that are there, whose tokens are lower.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Insert(float value, int token, Span<float> values, Span<int> tokens)
    {
        int place = values.Length - 1;
        if (!(value > values[place]))
            return;
        for (; place > 0 && values[place - 1] < value; place--)
        {
            values[place] = values[place - 1];
            tokens[place] = tokens[place - 1];
        }

        values[place] = value;
        tokens[place] = token;
    }

    /// <summary>exp of lanes that are 0 or less, to 2 units in the last place; below -87 it stays at the smallest normal number.</summary>
    /// <remarks>Cephes expf: x = n ln 2 + r, a polynomial of degree 7 in r by Estrin's scheme, times 2 to the n.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Exp<T>(T x) where T : struct, ILanes<T>
    {
        // In this order NaN stays.
        x = T.Max(T.Create(-87.3f), x);
        T n = T.Floor(T.MultiplyAdd(x, T.Create(1.44269504f), T.Create(0.5f)));
        T r = T.MultiplyAdd(n, T.Create(-0.693359375f), x);
        r = T.MultiplyAdd(n, T.Create(2.12194440e-4f), r);
        T square = r * r;
        T high = T.MultiplyAdd(T.Create(1.9875691500e-4f), r, T.Create(1.3981999507e-3f));
        T middle = T.MultiplyAdd(T.Create(8.3334519073e-3f), r, T.Create(4.1665795894e-2f));
        T low = T.MultiplyAdd(T.Create(1.6666665459e-1f), r, T.Create(5.0000001201e-1f));
        T p = T.MultiplyAdd(T.MultiplyAdd(high, square, middle), square, low);
        return (T.MultiplyAdd(p, square, r) + T.Create(1f)) * T.PowerOfTwo(n);
    }
}
