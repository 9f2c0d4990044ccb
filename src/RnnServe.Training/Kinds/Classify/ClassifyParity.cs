using RnnServe.Inference.Onnx;
using RnnServe.Training.Data;

namespace RnnServe.Training.Kinds.Classify;

/// <summary>Compares what an exported graph says with what the training graph says.</summary>
internal static class ClassifyParity
{
    /// <summary>Greatest difference of a logit, or of a weight of the attention, that an export may have.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>The greatest difference.</summary>
    /// <param name="expected">The training graph, with weights rounded to what the export stores.</param>
    /// <param name="found">The export.</param>
    /// <param name="batches">Disposed.</param>
    /// <exception cref="UserException">It is above the tolerance, or not a number.</exception>
    public static double Verify(GraphClassifier expected, GraphClassifier found, IEnumerable<Batch> batches)
    {
        double greatest = 0;
        foreach (var batch in batches)
        {
            using var texts = batch;
            using var e = expected.Run(batch);
            using var f = found.Run(batch);
            greatest = Math.Max(greatest, Difference(e.Logits, f.Logits));
            if (e.Attention is { } attention)
                greatest = Math.Max(greatest, Difference(attention, f.Attention!));
        }

        return greatest <= Tolerance
            ? greatest
            : throw new UserException(Invariant(
                $"The exported graph differs from the training graph by {greatest:G3} in a logit or in the attention; ")
                + Invariant($"at most {Tolerance:G1} is allowed. Nothing was exported."));
    }

    private static double Difference(Tensor expected, Tensor found)
    {
        double greatest = 0;
        Span<float> e = expected.AsSpan<float>(), f = found.AsSpan<float>();
        for (int i = 0; i < e.Length; i++)
        {
            double difference = Math.Abs((double)e[i] - f[i]);
            greatest = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(greatest, difference);
        }

        return greatest;
    }
}
