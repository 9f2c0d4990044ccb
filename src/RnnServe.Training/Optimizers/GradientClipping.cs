using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RnnServe.Training.Optimizers;

/// <summary>Clipping by the global norm: all gradients together, so that their direction stays.</summary>
/// <remarks>Source: Pascanu et al. 2013, "On the difficulty of training recurrent neural networks" (arXiv:1211.5063).</remarks>
internal static class GradientClipping
{
    /// <summary>The Euclidean norm over all gradients, summed in double precision in a fixed order: the same bits everywhere.</summary>
    public static double Norm(ParameterSet parameters)
    {
        double sum = 0;
        foreach (var parameter in parameters.All)
            sum += SumOfSquares(parameter.Gradient.AsSpan<float>());
        return Math.Sqrt(sum);
    }

    /// <summary>What gradients of norm <paramref name="norm"/> are multiplied with so that it is at most <paramref
    /// name="limit"/>.</summary>
    /// <param name="norm">The norm found.</param>
    /// <param name="limit">The greatest norm allowed; 0 turns clipping off.</param>
    public static float Scale(double norm, double limit) => limit > 0 && norm > limit ? (float)(limit / norm) : 1f;

    private static double SumOfSquares(ReadOnlySpan<float> values)
    {
        var vectors = MemoryMarshal.Cast<float, Vector512<float>>(values);
        var (low, high) = (Vector512<double>.Zero, Vector512<double>.Zero);
        foreach (var vector in vectors)
        {
            var (a, b) = Vector512.Widen(vector);
            low += a * a;
            high += b * b;
        }

        double sum = Vector512.Sum(low + high);
        foreach (float value in values[(vectors.Length * Vector512<float>.Count)..])
            sum += (double)value * value;
        return sum;
    }
}
