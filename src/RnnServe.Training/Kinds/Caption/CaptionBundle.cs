using RnnServe.Inference.Bundles;
using RnnServe.Inference.Images;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Text;
using RnnServe.Training.Decoding;
using RnnServe.Training.Export;
using RnnServe.Training.Kinds.Caption.Backbones;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>The photo with which a bundle is tried.</summary>
/// <param name="Name">File name in the bundle.</param>
/// <param name="Bytes">The file.</param>
internal sealed record CanaryPhoto(string Name, byte[] Bytes);

/// <summary>What a captioning bundle serves.</summary>
/// <param name="Tokenizer">Of the captions.</param>
/// <param name="Grid">What the CNN makes of a photo.</param>
/// <param name="Graphs">Encoder with the CNN, and decoder.</param>
internal sealed record CaptionModel(Tokenizer Tokenizer, FeatureGrid Grid, ExportedGraphs Graphs);

/// <summary>The files and the manifest of a captioning bundle.</summary>
internal static class CaptionBundle
{
    private const string TokenizerFile = "tokenizer.json";

    public static BundleContent Create(CaptionRecipe recipe, CaptionModel model, BundleFacts facts, CanaryPhoto? canary)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            [BundleWriter.Encoder] = model.Graphs.Encoder,
            [BundleWriter.Decoder] = model.Graphs.Decoder,
            [TokenizerFile] = model.Tokenizer.ToJson(),
        };
        if (canary is not null)
            files[canary.Name] = canary.Bytes;
        return new(Manifest(recipe, model, facts), files);
    }

    private static CaptionManifest Manifest(CaptionRecipe recipe, CaptionModel model, BundleFacts facts) => new()
    {
        FormatVersion = ModelManifest.CurrentFormat,
        Name = recipe.Name,
        Task = "caption",
        Languages = new() { Target = recipe.Language },
        Description = recipe.Description,
        Licence = recipe.Licence,
        Priority = recipe.Priority,
        Graphs = new() { Default = "fp32", Full = new() { Encoder = BundleWriter.Encoder, Decoder = BundleWriter.Decoder } },
        Caption = new()
        {
            Tokenizers = new() { Target = TokenizerFile },
            Decoder = model.Graphs.Manifest(model.Tokenizer),
            Image = Image(recipe.Backbone, model.Grid, attention: model.Graphs.MemorySize > 0),
            Decoding = new()
            {
                BeamSize = recipe.Decoding.BeamSize,
                LengthPenalty = (float)recipe.Decoding.LengthPenalty,
                MaxLength = recipe.Decoding.MaxLength,
                Limits = new() { MaxLength = recipe.Decoding.MaxLength },
            },
        },
        Metrics = facts.Metrics,
        Training = BundleWriter.Training(recipe, [recipe.Data.Captions, recipe.Data.Train, recipe.Backbone.Name], facts),
        Files = recipe.Backbone.Package is { } package ? [PackageFiles.Describe(package)] : [],
        Canary = facts.Canary,
    };

    /// <summary>What the encoder expects of a photo.</summary>
    public static ImageManifest Image(BackboneSettings backbone, FeatureGrid grid, bool attention) => new()
    {
        Size = backbone.Size,
        Fit = Enum.Parse<ImageFit>(backbone.Fit.ToString()),
        Mean = [.. backbone.Mean.Select(m => (float)m)],
        Std = [.. backbone.Std.Select(s => (float)s)],
        Grid = attention ? [grid.Seen.Rows, grid.Seen.Columns] : [1, 1],
    };
}
