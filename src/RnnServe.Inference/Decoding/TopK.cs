using System.Numerics;
using System.Runtime.Intrinsics;

namespace RnnServe.Inference.Decoding;

/// <summary>The best tokens of a row of logits and the log of the sum that turns a logit into a log-probability, in one pass.</summary>
/// <remarks>
/// log p(token) = logit - Select(...). A row's result depends on that row alone, so it is the same whatever the batch mates.
/// The pass goes block by block: a block's maximum rescales the running sum, which costs one scalar exp where the maximum rises.
/// </remarks>
internal static class TopK
{
    /// <summary>Vectors per block: enough to hide the horizontal maximum, few enough to stay in registers and the first cache.</summary>
    private const int VectorsPerBlock = 8;

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
    internal static float Select<T>(ReadOnlySpan<float> logits, Span<float> values, Span<int> tokens) where T : struct, ILanes<T>
    {
        values.Fill(float.NegativeInfinity);
        tokens.Fill(-1);
        // Not negative infinity, from which an impossible token would subtract to NaN.
        float max = float.MinValue;
        int block = T.Count * VectorsPerBlock;
        int vectorized = logits.Length / block * block;
        T sums = T.Create(0f);
        for (int start = 0; start < vectorized; start += block)
        {
            var part = logits.Slice(start, block);
            float blockMax = MaxOf<T>(part);
            if (blockMax > max)
            {
                sums *= T.Create(MathF.Exp(max - blockMax));
                max = blockMax;
            }

            if (blockMax > values[^1])
                Insert<T>(part, start, values, tokens);
            sums += SumOfExp<T>(part, max);
        }

        float rest = 0f;
        for (int token = vectorized; token < logits.Length; token++)
        {
            float logit = logits[token];
            if (logit > max)
            {
                float scale = MathF.Exp(max - logit);
                sums *= T.Create(scale);
                rest *= scale;
                max = logit;
            }

            if (logit > values[^1])
                Insert(logit, token, values, tokens);
            rest += MathF.Exp(logit - max);
        }

        float sum = sums.SumAcross() + rest;
        return float.IsFinite(values[0]) ? max + MathF.Log(sum) : float.NaN;
    }

    private static float MaxOf<T>(ReadOnlySpan<float> part) where T : struct, ILanes<T>
    {
        T max = T.Load(part);
        for (int i = T.Count; i < part.Length; i += T.Count)
            max = T.Max(max, T.Load(part[i..]));
        return max.MaxAcross();
    }

    private static T SumOfExp<T>(ReadOnlySpan<float> part, float max) where T : struct, ILanes<T>
    {
        T shift = T.Create(max);
        T sum = T.Create(0f);
        for (int i = 0; i < part.Length; i += T.Count)
            sum += Exp(T.Load(part[i..]) - shift);
        return sum;
    }

    private static void Insert<T>(ReadOnlySpan<float> part, int start, Span<float> values, Span<int> tokens) where T : struct, ILanes<T>
    {
        for (int i = 0; i < part.Length; i += T.Count)
        {
            uint greater = T.Greater(T.Load(part[i..]), T.Create(values[^1]));
            for (; greater != 0; greater &= greater - 1)
            {
                int index = i + BitOperations.TrailingZeroCount(greater);
                if (part[index] > values[^1])
                    Insert(part[index], start + index, values, tokens);
            }
        }
    }

    /// <summary>Keeps the list sorted; an equal value goes behind those that are there, whose tokens are lower.</summary>
    private static void Insert(float value, int token, Span<float> values, Span<int> tokens)
    {
        int place = values.Length - 1;
        for (; place > 0 && values[place - 1] < value; place--)
        {
            values[place] = values[place - 1];
            tokens[place] = tokens[place - 1];
        }

        values[place] = value;
        tokens[place] = token;
    }

    /// <summary>exp of lanes that are 0 or less, to 2 units in the last place; below -87 it stays at the smallest normal number.</summary>
    /// <remarks>Cephes expf: x = n ln 2 + r, a polynomial of degree 7 in r, times 2 to the n.</remarks>
    private static T Exp<T>(T x) where T : struct, ILanes<T>
    {
        x = T.Max(x, T.Create(-87.3f));
        T n = T.Floor(T.MultiplyAdd(x, T.Create(1.44269504f), T.Create(0.5f)));
        T r = T.MultiplyAdd(n, T.Create(-0.693359375f), x);
        r = T.MultiplyAdd(n, T.Create(2.12194440e-4f), r);
        T p = T.Create(1.9875691500e-4f);
        p = T.MultiplyAdd(p, r, T.Create(1.3981999507e-3f));
        p = T.MultiplyAdd(p, r, T.Create(8.3334519073e-3f));
        p = T.MultiplyAdd(p, r, T.Create(4.1665795894e-2f));
        p = T.MultiplyAdd(p, r, T.Create(1.6666665459e-1f));
        p = T.MultiplyAdd(p, r, T.Create(5.0000001201e-1f));
        return (T.MultiplyAdd(p, r * r, r) + T.Create(1f)) * T.PowerOfTwo(n);
    }
}
