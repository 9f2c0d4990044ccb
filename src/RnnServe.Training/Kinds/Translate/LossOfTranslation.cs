using RnnServe.Training.Decoding;
using RnnServe.Training.Graphs;
using RnnServe.Training.Layers;

namespace RnnServe.Training.Kinds.Translate;

/// <summary>The loss of a translation model as a graph, before differentiation.</summary>
internal static class LossOfTranslation
{
    /// <summary>Builds the loss of a batch with teacher forcing; inputs source, source_mask, target_in, target_out, target_mask.</summary>
    /// <param name="recipe">The network, and the label smoothing and dropout of training.</param>
    /// <param name="vocabularies">Numbers of tokens.</param>
    /// <param name="training">With dropout and smoothing; otherwise the plain negative log-likelihood.</param>
    /// <param name="type">Float, or Double to check gradients.</param>
    public static SequenceLoss Build(
        TranslationRecipe recipe, VocabularySizes vocabularies, bool training, ElementType type = ElementType.Float)
    {
        var context = new LayerContext(type, training);
        var source = Value.Input("source", ElementType.Int64, "B", "S");
        var sourceMask = Value.Input("source_mask", type, "B", "S");
        var target = TargetInputs.Create(type);

        var network = new TranslationNetwork(context, recipe.Model, recipe.Dropout, vocabularies);
        var memory = network.Encode(source, sourceMask);
        var (readouts, _) = network.Decoder.Readouts(target.In, memory, AttentionMask(sourceMask));
        var output = network.Decoder.Output;
        var loss = target.Loss(readouts, output, training ? recipe.Training.LabelSmoothing : 0);
        return new(context, [source, sourceMask, target.In, target.Out, target.Mask], loss, output.Logits(readouts));
    }

    // 1 becomes 0 and 0 becomes -1e9.
    private static Value AttentionMask(Value sourceMask) => (sourceMask + -1) * 1e9;
}
