using RnnServe.Training.Decoding;
using RnnServe.Training.Graphs;
using RnnServe.Training.Optimizers;

namespace RnnServe.Training.Kinds.Translate;

/// <summary>The graphs of a translation bundle: source, source_mask → memory, and the decoder's step.</summary>
internal static class TranslationGraphs
{
    /// <param name="recipe">The network.</param>
    /// <param name="vocabularies">Numbers of tokens.</param>
    /// <param name="weights">The weights.</param>
    public static ExportedGraphs Build(TranslationRecipe recipe, VocabularySizes vocabularies, ParameterSet weights)
    {
        var network = new TranslationNetwork(ExportedGraphs.Context(), recipe.Model, recipe.Dropout, vocabularies);
        var source = Value.Input("source", ElementType.Int64, "B", "S");
        var mask = Value.Input("source_mask", ElementType.Float, "B", "S");
        return ExportedGraphs.Build([source, mask], network.Encode(source, mask), network.Decoder, weights);
    }
}
