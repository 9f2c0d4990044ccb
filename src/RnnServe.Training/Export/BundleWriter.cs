using RnnServe.Inference.Models;
using RnnServe.Training.Data;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Export;

/// <summary>What a bundle says about itself beyond its recipe.</summary>
internal sealed record BundleFacts
{
    /// <summary>Scores.</summary>
    public IReadOnlyList<MetricManifest> Metrics { get; init; } = [];

    /// <summary>An input and the answer that the bundle gave for it.</summary>
    public CanaryManifest? Canary { get; init; }

    /// <summary>Optimizer steps behind the weights; null while they are still being trained.</summary>
    public long? Steps { get; init; }

    /// <summary>The model card; null: none is written.</summary>
    public string? Card { get; init; }
}

/// <summary>Writes the files of a translation bundle into a folder.</summary>
internal static class BundleWriter
{
    private const string Encoder = "encoder.onnx", Decoder = "decoder.onnx", Card = "README.md";

    /// <summary>Writes graphs, tokenizers, model card and, last, the manifest that lists them.</summary>
    public static void Write(string folder, TranslationRecipe recipe, Tokenizers tokenizers, ExportedGraphs graphs, BundleFacts facts)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, Encoder), graphs.Encoder);
        File.WriteAllBytes(Path.Combine(folder, Decoder), graphs.Decoder);
        if (facts.Card is not null)
            File.WriteAllText(Path.Combine(folder, Card), facts.Card);
        var names = WriteTokenizers(folder, tokenizers);
        string[] files = [Encoder, Decoder, .. new[] { names.Source!, names.Target }.Distinct()];
        var manifest = Manifest(recipe, tokenizers, graphs, facts) with
        {
            Tokenizers = names,
            Files = [.. files.Select(file => BundleFiles.Describe(folder, file))],
        };
        File.WriteAllBytes(Path.Combine(folder, ManifestJson.FileName), ManifestJson.Write(manifest));
    }

    private static TokenizerFiles WriteTokenizers(string folder, Tokenizers tokenizers)
    {
        var files = tokenizers.Joint
            ? new TokenizerFiles { Source = "tokenizer.json", Target = "tokenizer.json" }
            : new TokenizerFiles { Source = "source.tokenizer.json", Target = "target.tokenizer.json" };
        File.WriteAllBytes(Path.Combine(folder, files.Source!), tokenizers.Source.ToJson());
        File.WriteAllBytes(Path.Combine(folder, files.Target), tokenizers.Target.ToJson());
        return files;
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
            Graphs = new() { Default = "fp32", Full = new() { Encoder = Encoder, Decoder = Decoder } },
            Tokenizers = new() { Target = "" },
            Encoder = new() { VocabularySize = tokenizers.Source.VocabularySize, EndId = tokens.End, PadId = tokens.Pad },
            Decoder = new()
            {
                VocabularySize = tokenizers.Target.VocabularySize,
                StartId = tokens.Start,
                EndId = tokens.End,
                PadId = tokens.Pad,
                UnknownId = tokenizers.Target.IdOf("<unk>"),
                States = [.. graphs.StateNames.Select(name => new StateManifest { Name = name, Size = recipe.Model.Hidden })],
                Attention = graphs.MemorySize > 0,
                MemorySize = graphs.MemorySize,
                KeySize = graphs.KeySize,
            },
            Decoding = new()
            {
                BeamSize = recipe.Decoding.BeamSize,
                LengthPenalty = (float)recipe.Decoding.LengthPenalty,
                Limits = new() { MaxLength = recipe.Decoding.MaxLength },
            },
            Metrics = facts.Metrics,
            Training = facts.Steps is { } steps ? Training(recipe, steps) : null,
            Files = [],
            Canary = facts.Canary,
        };
    }

    private static TrainingManifest Training(TranslationRecipe recipe, long steps) => new()
    {
        Recipe = recipe.Name,
        Seed = (ulong)recipe.Training.Seed,
        Data = string.Join(", ", recipe.Data.Train.Source.Concat(recipe.Data.Train.Target).Select(Path.GetFileName)),
        Steps = steps,
        Date = DateTime.UtcNow.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
        TrainerVersion = typeof(BundleWriter).Assembly.GetName().Version!.ToString(3),
    };
}
