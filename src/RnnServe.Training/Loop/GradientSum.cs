using System.Numerics.Tensors;
using RnnServe.Training.Optimizers;
using Tensor = RnnServe.Inference.Onnx.Tensor;

namespace RnnServe.Training.Loop;

/// <summary>Adds the gradients of a batch's parts. Keeps its memory between steps.</summary>
internal sealed class GradientSum(IReadOnlyList<Parameter> parameters) : IDisposable
{
    private Tensor[]? sums;

    /// <summary>Adds what the parameters have now; the first of a batch begins anew.</summary>
    public void Add(bool first)
    {
        sums ??= [.. parameters.Select(parameter => Tensor.Allocate(ElementType.Float, parameter.Gradient.Length))];
        for (int i = 0; i < sums.Length; i++)
        {
            var sum = sums[i].AsSpan<float>();
            var gradient = parameters[i].Gradient.AsSpan<float>();
            if (first)
                gradient.CopyTo(sum);
            else
                TensorPrimitives.Add(sum, gradient, sum);
        }
    }

    /// <summary>Gives the parameters the sums.</summary>
    public void CopyBack()
    {
        for (int i = 0; i < sums!.Length; i++)
            sums[i].AsSpan<float>().CopyTo(parameters[i].Gradient.AsSpan<float>());
    }

    public void Dispose()
    {
        foreach (var sum in sums ?? [])
            sum.Dispose();
    }
}
