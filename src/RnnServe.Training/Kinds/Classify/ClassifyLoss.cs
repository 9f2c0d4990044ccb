using RnnServe.Training.Graphs;
using RnnServe.Training.Layers;
using RnnServe.Training.Loop;

namespace RnnServe.Training.Kinds.Classify;

/// <summary>The loss of a classifier as a graph, before differentiation.</summary>
/// <param name="Context">Parameters and dropout masks.</param>
/// <param name="Inputs">source, source_mask, target.</param>
/// <param name="Loss">Sum over the texts, a scalar.</param>
/// <param name="Logits">[B, L].</param>
/// <param name="Attention">[B, S], or null.</param>
internal sealed record ClassifyLoss(LayerContext Context, IReadOnlyList<Value> Inputs, Value Loss, Value Logits, Value? Attention)
    : LossDefinition(Context, Inputs, Loss)
{
    /// <summary>Builds the loss of a batch.</summary>
    /// <param name="recipe">The network, and the label smoothing and dropout of training.</param>
    /// <param name="vocabulary">Number of tokens.</param>
    /// <param name="training">With dropout and smoothing; otherwise the plain cross-entropy.</param>
    /// <param name="type">Float, or Double to check gradients.</param>
    public static ClassifyLoss Build(ClassifyRecipe recipe, int vocabulary, bool training, ElementType type = ElementType.Float)
    {
        int labels = recipe.Labels.Count;
        var context = new LayerContext(type, training);
        var source = Value.Input("source", ElementType.Int64, "B", "S");
        var mask = Value.Input("source_mask", type, "B", "S");
        var target = Value.Input("target", type, "B", labels);
        var network = new ClassifyNetwork(context, recipe.Model, recipe.Dropout, new(vocabulary, labels));
        var (logits, attention) = network.Classify(source, mask);

        // A target spreads a text's weight over its labels; smoothing spreads a share of that weight over all.
        double smoothing = training ? recipe.Training.LabelSmoothing : 0;
        var smooth = (target * (1 - smoothing)) + (target.Sum(true, 1) * (smoothing / labels));
        return new(context, [source, mask, target], -(smooth * logits.LogSoftmax()).SumAll(), logits, attention);
    }

    /// <summary>The network's outputs as graphs name them.</summary>
    public static IReadOnlyList<(string Name, Value Value)> Named((Value Logits, Value? Attention) outputs) =>
        outputs.Attention is { } attention ? [("logits", outputs.Logits), ("attention", attention)] : [("logits", outputs.Logits)];
}
