using RnnServe.OnnxRuntime;
using RnnServe.Training.Graphs;
using RnnServe.Training.Layers;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Models;

/// <summary>The loss of a translation model as a graph, before differentiation.</summary>
/// <param name="Context">Parameters and dropout masks.</param>
/// <param name="Inputs">source, source_mask, target_in, target_out, target_mask.</param>
/// <param name="Loss">Sum over the target tokens, a scalar.</param>
/// <param name="Logits">[T × B, V].</param>
internal sealed record LossOfTranslation(LayerContext Context, IReadOnlyList<Value> Inputs, Value Loss, Value Logits)
    : LossDefinition(Context, Inputs, Loss)
{
    /// <summary>Builds the loss of a batch with teacher forcing.</summary>
    /// <param name="recipe">The network, and the label smoothing and dropout of training.</param>
    /// <param name="vocabularies">Numbers of tokens.</param>
    /// <param name="training">With dropout and smoothing; otherwise the plain negative log-likelihood.</param>
    /// <param name="type">Float, or Double to check gradients.</param>
    public static LossOfTranslation Build(
        TranslationRecipe recipe, VocabularySizes vocabularies, bool training, ElementType type = ElementType.Float)
    {
        var context = new LayerContext(type, training);
        var source = Value.Input("source", ElementType.Int64, "B", "S");
        var sourceMask = Value.Input("source_mask", type, "B", "S");
        var targetIn = Value.Input("target_in", ElementType.Int64, "B", "T");
        var targetOut = Value.Input("target_out", ElementType.Int64, "B", "T");
        var targetMask = Value.Input("target_mask", type, "B", "T");

        var network = new TranslationNetwork(context, recipe.Model, recipe.Dropout, vocabularies);
        var memory = network.Encode(source, sourceMask);
        var logits = network.Logits(targetIn, memory, AttentionMask(sourceMask));
        var targets = targetOut.Transpose(1, 0).Reshape(logits.Shape[0]);
        var weights = targetMask.Transpose(1, 0).Reshape(logits.Shape[0]);
        var loss = CrossEntropy.Of(logits, targets, training ? recipe.Training.LabelSmoothing : 0) * weights;
        return new(context, [source, sourceMask, targetIn, targetOut, targetMask], loss.SumAll(), logits);
    }

    // 1 becomes 0 and 0 becomes -1e9.
    private static Value AttentionMask(Value sourceMask) => (sourceMask + -1) * 1e9;
}
