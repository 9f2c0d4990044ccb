using RnnServe.Training.Decoding;
using RnnServe.Training.Export;
using RnnServe.Training.Graphs;
using RnnServe.Training.Kinds.Caption.Backbones;
using RnnServe.Training.Layers;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>The loss of a captioning model as a graph, before differentiation.</summary>
internal static class LossOfCaptions
{
    /// <summary>Builds the loss of a batch with teacher forcing. Inputs: features [P, S, C] of P photos, photo int64 [B] (each caption's
    /// row of the features, so that captions may share one), target_in, target_out, target_mask.</summary>
    /// <param name="recipe">The network, and the regularisation of training.</param>
    /// <param name="vocabulary">Number of tokens.</param>
    /// <param name="grid">Of the features.</param>
    /// <param name="training">With dropout, smoothing and the doubly stochastic term; otherwise the plain negative log-likelihood.</param>
    /// <param name="type">Float, or Double to check gradients.</param>
    /// <param name="features">Type of the features: Float16 as they are cached.</param>
    public static SequenceLoss Build(
        CaptionRecipe recipe,
        int vocabulary,
        FeatureGrid grid,
        bool training,
        ElementType type = ElementType.Float,
        ElementType features = ElementType.Float16)
    {
        var (context, input) = (new LayerContext(type, training), Value.Input("features", features, "P", grid.Cells, grid.Channels));
        return Build(context, recipe, vocabulary, input, grid.Over(context, input.Cast(type)), training);
    }

    /// <summary>The same with the CNN in the graph, to train both together: input image [P, 3, size, size], not features.</summary>
    /// <param name="recipe">The network, and the regularisation of training.</param>
    /// <param name="cnn">The CNN, whose normalisations keep their running statistics.</param>
    /// <param name="vocabulary">Number of tokens.</param>
    /// <param name="training">As above.</param>
    /// <param name="type">Float, or Double to check gradients.</param>
    public static SequenceLoss BuildWithCnn(
        CaptionRecipe recipe, ResidualSettings cnn, int vocabulary, bool training, ElementType type = ElementType.Float)
    {
        var context = new LayerContext(type, training);
        var image = Value.Input("image", type, "P", 3, cnn.Size, cnn.Size);
        var grid = new ResidualNetwork(context, CnnGraph.Prefix, cnn, NormalisationForm.Fixed).Features(image);
        return Build(context, recipe, vocabulary, image, FeatureGraph.Cells(grid), training);
    }

    private static SequenceLoss Build(
        LayerContext context, CaptionRecipe recipe, int vocabulary, Value input, Value features, bool training)
    {
        var photo = Value.Input("photo", ElementType.Int64, "B");
        var target = TargetInputs.Create(context.Type);
        var network = new CaptionNetwork(context, recipe.Model, recipe.Dropout, vocabulary);
        var photos = network.Encode(features);
        var memory = new EncoderMemory(
            photos.Values?.Gather(photo), photos.Keys?.Gather(photo), [.. photos.States.Select(state => state.Gather(photo))]);
        var (readouts, attention) = network.Decoder.Readouts(target.In, memory, mask: null);
        var output = network.Decoder.Output;
        var loss = target.Loss(readouts, output, training ? recipe.Training.LabelSmoothing : 0);
        if (training && attention is not null && recipe.DoublyStochastic > 0)
            loss += Neglect(attention, target.Mask) * recipe.DoublyStochastic;
        return new(context, [input, photo, target.In, target.Out, target.Mask], loss, output.Logits(readouts));
    }

    // Σ over captions and cells of (1 - Σ over words of the attention)²: Xu et al. 2015, equation 14.
    private static Value Neglect(Value attention, Value targetMask)
    {
        var missing = 1 - (attention * targetMask.Unsqueeze(-1)).Sum(false, 1);
        return (missing * missing).SumAll();
    }
}
