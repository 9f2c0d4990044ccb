using Google.Protobuf;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Data;
using RnnServe.Training.Graphs;
using RnnServe.Training.Optimizers;

namespace RnnServe.Training.Kinds.Classify;

/// <summary>What a classifier says of a batch.</summary>
/// <param name="Logits">[B, L].</param>
/// <param name="Attention">[B, S], or null.</param>
internal sealed record Classified(Tensor Logits, Tensor? Attention) : IDisposable
{
    public void Dispose()
    {
        Logits.Dispose();
        Attention?.Dispose();
    }
}

/// <summary>Runs a classifier's graph.</summary>
internal sealed class GraphClassifier : IDisposable
{
    private readonly Session session;
    private readonly ParameterSet? weights;

    /// <summary>An exported graph, with its weights inside.</summary>
    public GraphClassifier(byte[] model) => session = new(model);

    /// <summary>The training graph.</summary>
    /// <param name="loss">Without dropout.</param>
    /// <param name="weights">Read at every run; stay the caller's.</param>
    /// <param name="execution">How to run it.</param>
    public GraphClassifier(ClassifyLoss loss, ParameterSet weights, ExecutionOptions execution)
    {
        this.weights = weights;
        Value[] inputs = [.. loss.Inputs.Take(2), .. loss.Context.Parameters.Select(p => p.Value)];
        session = new(OnnxWriter.Write("classifier", inputs, ClassifyLoss.Named((loss.Logits, loss.Attention))).ToByteArray(), execution);
    }

    /// <summary>Classifies a batch; the answer is the caller's.</summary>
    public Classified Run(Batch batch)
    {
        var outputs = new Tensor?[session.Outputs.Count];
        session.Run([.. session.Inputs.Select(input => batch.Inputs.GetValueOrDefault(input.Name) ?? weights![input.Name].Value)], outputs);
        return new(outputs[0]!, outputs.Length > 1 ? outputs[1] : null);
    }

    /// <summary>The likeliest label of each text.</summary>
    /// <param name="batches">Disposed.</param>
    public IEnumerable<int> Labels(IEnumerable<Batch> batches)
    {
        foreach (var batch in batches)
        {
            using var text = batch;
            using var answer = Run(batch);
            int labels = (int)answer.Logits.Shape[1];
            foreach (float[] row in answer.Logits.AsSpan<float>().ToArray().Chunk(labels))
                yield return Array.IndexOf(row, row.Max());
        }
    }

    public void Dispose() => session.Dispose();
}
