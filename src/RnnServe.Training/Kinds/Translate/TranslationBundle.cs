using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Search;
using RnnServe.Training.Decoding;
using RnnServe.Training.Export;

namespace RnnServe.Training.Kinds.Translate;

/// <summary>The files and the manifest of a translation bundle.</summary>
internal static class TranslationBundle
{
    public static BundleContent Create(TranslationRecipe recipe, LanguageTokenizers tokenizers, ExportedGraphs graphs, BundleFacts facts)
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
        return new(Manifest(recipe, tokenizers, names, graphs, facts), files);
    }

    private static TranslateManifest Manifest(
        TranslationRecipe recipe, LanguageTokenizers tokenizers, TokenizerFiles names, ExportedGraphs graphs, BundleFacts facts)
    {
        var tokens = tokenizers.SpecialTokens;
        return new()
        {
            FormatVersion = ModelManifest.CurrentFormat,
            Name = recipe.Name,
            Task = "translate",
            Languages = new() { Source = recipe.Languages.Source, Target = recipe.Languages.Target },
            Description = recipe.Description,
            Licence = recipe.Licence,
            Priority = recipe.Priority,
            Graphs = new() { Default = "fp32", Full = new() { Encoder = BundleWriter.Encoder, Decoder = BundleWriter.Decoder } },
            Translate = new()
            {
                Tokenizers = names,
                Encoder = new() { VocabularySize = tokenizers.Source.VocabularySize, EndId = tokens.End, PadId = tokens.Pad },
                Decoder = graphs.Manifest(tokenizers.Target),
                Decoding = new()
                {
                    BeamSize = recipe.Decoding.BeamSize,
                    LengthPenalty = (float)recipe.Decoding.LengthPenalty,
                    NeverProduce = recipe.Decoding.NeverProduce,
                    Limits = new() { MaxLength = recipe.Decoding.MaxLength },
                },
                Placeholders = recipe.Tokenizer.Placeholders,
            },
            Metrics = facts.Metrics,
            Training = BundleWriter.Training(recipe, Files(recipe.Data), facts),
            Files = [],
            Canary = facts.Canary,
        };
    }

    /// <summary>What was learnt from.</summary>
    public static IEnumerable<string> Files(DataSettings data) =>
        [.. data.Train.Source, .. data.Train.Target, .. data.Extra?.Source ?? [], .. data.Extra?.Target ?? []];
}
