using RnnServe.Inference.Bundles;
using RnnServe.Training.Data;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Export;

/// <summary>The files and the manifest of a translation bundle.</summary>
internal static class TranslationBundle
{
    public static BundleContent Create(TranslationRecipe recipe, Tokenizers tokenizers, ExportedGraphs graphs, BundleFacts facts)
    {
        var names = tokenizers.Joint
            ? new TokenizerFiles { Source = "tokenizer.json", Target = "tokenizer.json" }
            : new TokenizerFiles { Source = "source.tokenizer.json", Target = "target.tokenizer.json" };
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            [BundleWriter.Encoder] = graphs.Encoder,
            [BundleWriter.Decoder] = graphs.Decoder,
            [names.Source!] = tokenizers.Source.ToJson(),
        };
        files[names.Target] = tokenizers.Target.ToJson();
        return new(Manifest(recipe, tokenizers, graphs, facts) with { Tokenizers = names }, files);
    }

    private static ModelManifest Manifest(TranslationRecipe recipe, Tokenizers tokenizers, ExportedGraphs graphs, BundleFacts facts)
    {
        var tokens = tokenizers.SpecialTokens;
        return new()
        {
            FormatVersion = ModelManifest.CurrentFormat,
            Name = recipe.Name,
            Task = ModelTask.Translate,
            Languages = new() { Source = recipe.Languages.Source, Target = recipe.Languages.Target },
            Description = recipe.Description,
            Licence = recipe.Licence,
            Graphs = new() { Default = "fp32", Full = new() { Encoder = BundleWriter.Encoder, Decoder = BundleWriter.Decoder } },
            Tokenizers = new() { Target = "" },
            Encoder = new() { VocabularySize = tokenizers.Source.VocabularySize, EndId = tokens.End, PadId = tokens.Pad },
            Decoder = BundleWriter.DecoderOf(graphs, tokenizers.Target),
            Decoding = new()
            {
                BeamSize = recipe.Decoding.BeamSize,
                LengthPenalty = (float)recipe.Decoding.LengthPenalty,
                Limits = new() { MaxLength = recipe.Decoding.MaxLength },
            },
            Metrics = facts.Metrics,
            Training = BundleWriter.Training(recipe, recipe.Data.Train.Source.Concat(recipe.Data.Train.Target), facts),
            Files = [],
            Canary = facts.Canary,
        };
    }
}
