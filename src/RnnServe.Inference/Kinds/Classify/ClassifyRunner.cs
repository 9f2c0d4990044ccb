using RnnServe.Inference.Bundles;
using RnnServe.Inference.Onnx;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;

namespace RnnServe.Inference.Kinds.Classify;

/// <summary>Runs the graph over padded texts.</summary>
/// <param name="session">The graph, already checked against the manifest.</param>
/// <param name="section">Sizes, and whether there is attention.</param>
internal sealed class ClassifyRunner(Session session, ClassifySection section) : IRunner<ClassifyJob>
{
    private readonly Binding binding = new(session);
    private readonly TextInputs inputs = new(session, section.PadId);
    private readonly RowBuffer logits = new(ElementType.Float);
    private readonly RowBuffer attention = new(ElementType.Float);

    /// <summary>The tensors that the graph gives.</summary>
    public static IReadOnlyList<ExpectedTensor> OutputsOf(ClassifySection section) =>
    [
        TensorContract.Float(TensorNames.Logits, TensorContract.Any, section.Labels.Count),
        .. section.Attention
            ? [TensorContract.Float(TensorNames.Attention, TensorContract.Any, TensorContract.Any)]
            : Array.Empty<ExpectedTensor>(),
    ];

    public void Run(IReadOnlyList<ClassifyJob> jobs)
    {
        int labels = section.Labels.Count;
        var (count, stride) = inputs.Fill([.. jobs.Select(job => job.Tokens)]);
        Tensor?[] outputs =
        [
            .. session.Outputs.Select(output =>
                output.Name == TensorNames.Logits ? logits.Shape(count, labels) : attention.Shape(count, stride)),
        ];
        binding.Run(inputs.Tensors, outputs);

        var scores = logits.Tensor.AsSpan<float>();
        var weights = section.Attention ? attention.Tensor.AsSpan<float>() : [];
        for (int i = 0; i < jobs.Count; i++)
            jobs[i].Take(scores.Slice(i * labels, labels), weights.IsEmpty ? weights : weights.Slice(i * stride, stride));
    }

    public void Dispose()
    {
        binding.Dispose();
        inputs.Dispose();
        logits.Dispose();
        attention.Dispose();
    }
}
