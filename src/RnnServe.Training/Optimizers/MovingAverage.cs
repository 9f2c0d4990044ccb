using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using RnnServe.Inference.Onnx;

namespace RnnServe.Training.Optimizers;

/// <summary>An exponential moving average of the weights: what is validated and exported, as it is better than the last weights.</summary>
/// <remarks>It starts at the weights that the parameters have when it is made.</remarks>
/// <param name="parameters">The weights to follow.</param>
/// <param name="decay">Weight of the past, 0 (no averaging) to below 1.</param>
/// <param name="warmUp">Whether the first weights are soon forgotten.</param>
internal sealed class MovingAverage(ParameterSet parameters, double decay, bool warmUp) : IDisposable
{
    /// <summary>The averages, in the order of the parameters.</summary>
    public IReadOnlyList<Tensor> Averages { get; } =
        [.. parameters.All.Select(p => Tensor.Copy<float>(p.Value.AsSpan<float>(), p.Shape))];

    /// <summary>The decay used at a step: with a warm-up it grows with the steps.</summary>
    /// <param name="step">Number of the step, from 1.</param>
    public double DecayAt(long step) => warmUp ? Math.Min(decay, (1.0 + step) / (10.0 + step)) : decay;

    /// <summary>Takes the weights after a step into the average.</summary>
    /// <param name="step">Number of the step, from 1.</param>
    public void Update(long step)
    {
        float rate = (float)(1 - DecayAt(step));
        for (int i = 0; i < Averages.Count; i++)
        {
            // a + (v - a) may differ from v in its last bit; without averaging the "average" is the weights themselves.
            if (rate == 1)
                parameters.All[i].Value.AsSpan<float>().CopyTo(Averages[i].AsSpan<float>());
            else
                Follow(Averages[i].AsSpan<float>(), parameters.All[i].Value.AsSpan<float>(), rate);
        }
    }

    /// <summary>Exchanges weights and averages; a second call puts them back.</summary>
    public void Swap()
    {
        for (int i = 0; i < Averages.Count; i++)
            Exchange(Averages[i].AsSpan<float>(), parameters.All[i].Value.AsSpan<float>());
    }

    public void Dispose()
    {
        foreach (var average in Averages)
            average.Dispose();
    }

    private static void Follow(Span<float> average, ReadOnlySpan<float> value, float rate)
    {
        var averages = MemoryMarshal.Cast<float, Vector512<float>>(average);
        var values = MemoryMarshal.Cast<float, Vector512<float>>(value);
        for (int i = 0; i < averages.Length; i++)
            averages[i] += (values[i] - averages[i]) * rate;

        for (int i = averages.Length * Vector512<float>.Count; i < average.Length; i++)
            average[i] += (value[i] - average[i]) * rate;
    }

    private static void Exchange(Span<float> a, Span<float> b)
    {
        for (int i = 0; i < a.Length; i++)
            (a[i], b[i]) = (b[i], a[i]);
    }
}
