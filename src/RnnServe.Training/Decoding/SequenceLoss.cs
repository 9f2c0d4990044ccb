using RnnServe.Training.Graphs;
using RnnServe.Training.Layers;
using RnnServe.Training.Loop;

namespace RnnServe.Training.Decoding;

/// <summary>The loss of a model that writes tokens.</summary>
/// <param name="Context">Parameters and dropout masks.</param>
/// <param name="Inputs">target_in, target_out and target_mask among them.</param>
/// <param name="Loss">Sum over the target tokens, a scalar.</param>
/// <param name="Logits">[T × B, V].</param>
internal sealed record SequenceLoss(LayerContext Context, IReadOnlyList<Value> Inputs, Value Loss, Value Logits)
    : LossDefinition(Context, Inputs, Loss);

/// <summary>The target side of a batch, as inputs of a loss graph: [B, T] each.</summary>
/// <param name="In">int64, the start token first.</param>
/// <param name="Out">int64, the end token last.</param>
/// <param name="Mask">Weight of each token in the loss: 1, or, of a sentence that the model wrote, its advantage, which may be negative; 0
/// for padding.</param>
internal sealed record TargetInputs(Value In, Value Out, Value Mask)
{
    public static TargetInputs Create(ElementType type) => new(
        Value.Input("target_in", ElementType.Int64, "B", "T"),
        Value.Input("target_out", ElementType.Int64, "B", "T"),
        Value.Input("target_mask", type, "B", "T"));

    /// <summary>Negative log-likelihood of the targets, weighted and summed over the tokens.</summary>
    /// <param name="rows">What the output layer reads, [T × B, E].</param>
    /// <param name="output">The output layer.</param>
    /// <param name="smoothing">Label smoothing.</param>
    public Value Loss(Value rows, OutputLayer output, double smoothing) =>
        CrossEntropy.Of(rows, output, Flat(Out), Flat(Mask), smoothing);

    // [B, T] gives [T × B].
    private static Value Flat(Value x) => x.Transpose(1, 0).Reshape((Dim)"B" * "T");
}
