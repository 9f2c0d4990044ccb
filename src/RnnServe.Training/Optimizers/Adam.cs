using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using RnnServe.Inference.Onnx;

namespace RnnServe.Training.Optimizers;

/// <summary>The two decay rates and the epsilon of Adam.</summary>
internal sealed record AdamSettings(double Beta1 = 0.9, double Beta2 = 0.98, double Epsilon = 1e-8);

/// <summary>Adam, in place over the parameters; its moments are preallocated, so a step allocates nothing.</summary>
/// <remarks>Source: Kingma and Ba 2015, "Adam: A Method for Stochastic Optimization", algorithm 1 (arXiv:1412.6980). The bias corrections
/// are folded into the learning rate, and epsilon is scaled with them, so that the result is the paper's. Multiplications and additions are
/// not fused: the bits are the same on every machine.</remarks>
internal sealed class Adam(ParameterSet parameters, AdamSettings settings) : IDisposable
{
    /// <summary>Moving means of the gradients, in the order of the parameters.</summary>
    public IReadOnlyList<Tensor> FirstMoments { get; } = [.. parameters.All.Select(p => Tensor.Allocate(ElementType.Float, p.Shape))];

    /// <summary>Moving means of the squared gradients, in the order of the parameters.</summary>
    public IReadOnlyList<Tensor> SecondMoments { get; } = [.. parameters.All.Select(p => Tensor.Allocate(ElementType.Float, p.Shape))];

    /// <summary>Adjusts every parameter by its gradient.</summary>
    /// <param name="step">Number of this step, from 1.</param>
    /// <param name="learningRate">The step's learning rate.</param>
    /// <param name="gradientScale">Multiplies the gradients first: the factor of the clipping.</param>
    public void Step(long step, double learningRate, float gradientScale = 1)
    {
        double correction1 = 1 - Math.Pow(settings.Beta1, step);
        double correction2 = Math.Sqrt(1 - Math.Pow(settings.Beta2, step));
        var factors = new Factors(
            (float)settings.Beta1, (float)settings.Beta2,
            (float)(learningRate * correction2 / correction1), (float)(settings.Epsilon * correction2), gradientScale);

        for (int i = 0; i < parameters.All.Count; i++)
        {
            var parameter = parameters.All[i];
            Update(
                parameter.Value.AsSpan<float>(), parameter.Gradient.AsSpan<float>(),
                FirstMoments[i].AsSpan<float>(), SecondMoments[i].AsSpan<float>(), factors);
        }
    }

    public void Dispose()
    {
        foreach (var moment in FirstMoments.Concat(SecondMoments))
            moment.Dispose();
    }

    private static void Update(Span<float> value, ReadOnlySpan<float> gradient, Span<float> first, Span<float> second, Factors f)
    {
        var values = MemoryMarshal.Cast<float, Vector512<float>>(value);
        var gradients = MemoryMarshal.Cast<float, Vector512<float>>(gradient);
        var firsts = MemoryMarshal.Cast<float, Vector512<float>>(first);
        var seconds = MemoryMarshal.Cast<float, Vector512<float>>(second);
        var epsilon = Vector512.Create(f.Epsilon);
        for (int i = 0; i < values.Length; i++)
        {
            var g = gradients[i] * f.GradientScale;
            var m = (firsts[i] * f.Beta1) + (g * (1 - f.Beta1));
            var v = (seconds[i] * f.Beta2) + (g * g * (1 - f.Beta2));
            firsts[i] = m;
            seconds[i] = v;
            values[i] -= m * f.LearningRate / (Vector512.Sqrt(v) + epsilon);
        }

        for (int i = values.Length * Vector512<float>.Count; i < value.Length; i++)
        {
            float g = gradient[i] * f.GradientScale;
            first[i] = (first[i] * f.Beta1) + (g * (1 - f.Beta1));
            second[i] = (second[i] * f.Beta2) + (g * g * (1 - f.Beta2));
            value[i] -= first[i] * f.LearningRate / (MathF.Sqrt(second[i]) + f.Epsilon);
        }
    }

    private readonly record struct Factors(float Beta1, float Beta2, float LearningRate, float Epsilon, float GradientScale);
}
