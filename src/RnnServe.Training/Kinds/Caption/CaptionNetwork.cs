using RnnServe.Training.Graphs;
using RnnServe.Training.Layers;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>From the grid of a CNN's features to captions. Show, Attend and Tell (Xu et al. 2015, arXiv:1502.03044): each cell becomes a
/// row of memory that the decoder looks at for each word. Show and Tell (Vinyals et al. 2015, arXiv:1411.4555): the mean of the grid is the
/// decoder's first input, before the start token, and is seen no more.</summary>
internal sealed class CaptionNetwork(LayerContext context, CaptionModelSettings model, CaptionDropoutSettings dropout, int vocabulary)
{
    public RecurrentDecoder Decoder { get; } = new(
        context,
        model.Decoder == CaptionDecoderKind.ShowTell ? model with { Attention = AttentionKind.None } : model,
        dropout,
        new(model.Memory, vocabulary, "embedding"));

    /// <summary>Encodes photos.</summary>
    /// <param name="features">The CNN's features, [P, S, C]: P photos, S cells of the grid row by row, C channels.</param>
    /// <returns>Memory of the P photos.</returns>
    public EncoderMemory Encode(Value features)
    {
        if (!Decoder.HasAttention)
        {
            var image = context.LayerNormalisation(
                "encoder.norm", context.Linear("encoder.image", features.Mean(false, 1), model.Embedding));
            return new(null, null, Decoder.StatesAfter(context.Dropout(image, dropout.Memory)));
        }

        var cells = context.LayerNormalisation("encoder.norm", context.Linear("encoder.cells", features, model.Memory, bias: false));
        var memory = context.Dropout(cells.Relu(), dropout.Memory);
        return Decoder.Start(memory, memory.Mean(false, 1));
    }
}
