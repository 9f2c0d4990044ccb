using RnnServe.Training.Decoding;
using RnnServe.Training.Graphs;
using RnnServe.Training.Kinds.Caption.Backbones;
using RnnServe.Training.Optimizers;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>The graphs of a captioning bundle.</summary>
internal static class CaptionGraphs
{
    /// <summary>Both graphs, the CNN inside the encoder: image → memory.</summary>
    /// <param name="recipe">The network and the photos' size.</param>
    /// <param name="vocabulary">Number of tokens.</param>
    /// <param name="backbone">The CNN.</param>
    /// <param name="grid">What it makes of a photo.</param>
    /// <param name="weights">The weights behind the CNN.</param>
    public static ExportedGraphs Build(CaptionRecipe recipe, int vocabulary, Backbone backbone, FeatureGrid grid, ParameterSet weights)
    {
        var context = ExportedGraphs.Context();
        var network = new CaptionNetwork(context, recipe.Model, recipe.Dropout, vocabulary);
        var features = Value.Input("grid", ElementType.Float, "B", grid.Channels, grid.Rows, grid.Columns);
        return ExportedGraphs.Build(
            [features],
            network.Encode(grid.Over(context, FeatureGraph.Cells(features))),
            network.Decoder,
            weights,
            head => BackboneSplice.Before(head, features.Name!, backbone, "image", recipe.Backbone.Size));
    }

    /// <summary>The same without the CNN: the encoder reads features as they are cached ([B, S, C], 16 bits) and gives what the whole one
    /// gives.</summary>
    public static ExportedGraphs BuildWithoutCnn(CaptionRecipe recipe, int vocabulary, FeatureGrid grid, ParameterSet weights)
    {
        var context = ExportedGraphs.Context();
        var network = new CaptionNetwork(context, recipe.Model, recipe.Dropout, vocabulary);
        var features = Value.Input("features", ElementType.Float16, "B", grid.Cells, grid.Channels);
        var memory = network.Encode(grid.Over(context, features.Cast(ElementType.Float)));
        return ExportedGraphs.Build([features], memory, network.Decoder, weights);
    }
}
