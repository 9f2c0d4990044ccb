using RnnServe.Inference.Models;
using RnnServe.Training.Backbones;
using RnnServe.Training.Data;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Export;

/// <summary>The photo with which a bundle is tried.</summary>
/// <param name="Name">File name in the bundle.</param>
/// <param name="Bytes">The file.</param>
internal sealed record CanaryPhoto(string Name, byte[] Bytes);

/// <summary>The files and the manifest of a captioning bundle.</summary>
internal static class CaptionBundle
{
    private const string Tokenizer = "tokenizer.json";

    public static BundleContent Create(CaptionRecipe recipe, CaptionData data, ExportedGraphs graphs, BundleFacts facts, CanaryPhoto? canary)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            [BundleWriter.Encoder] = graphs.Encoder,
            [BundleWriter.Decoder] = graphs.Decoder,
            [Tokenizer] = data.Tokenizer.ToJson(),
        };
        if (canary is not null)
            files[canary.Name] = canary.Bytes;
        return new(Manifest(recipe, data, graphs, facts), files);
    }

    private static ModelManifest Manifest(CaptionRecipe recipe, CaptionData data, ExportedGraphs graphs, BundleFacts facts) => new()
    {
        FormatVersion = ModelManifest.CurrentFormat,
        Name = recipe.Name,
        Task = ModelTask.Caption,
        Languages = new() { Target = recipe.Language },
        Description = recipe.Description,
        Licence = recipe.Licence,
        Graphs = new() { Default = "fp32", Full = new() { Encoder = BundleWriter.Encoder, Decoder = BundleWriter.Decoder } },
        Tokenizers = new() { Target = Tokenizer },
        Decoder = BundleWriter.DecoderOf(graphs, data.Tokenizer),
        Image = Image(recipe.Backbone, data.Features.Grid, attention: graphs.MemorySize > 0),
        Decoding = new()
        {
            BeamSize = recipe.Decoding.BeamSize,
            LengthPenalty = (float)recipe.Decoding.LengthPenalty,
            MaxLength = recipe.Decoding.MaxLength,
            Limits = new() { MaxLength = recipe.Decoding.MaxLength },
        },
        Metrics = facts.Metrics,
        Training = BundleWriter.Training(recipe, [recipe.Data.Captions, recipe.Data.Train, recipe.Backbone.Path], facts),
        Files = [],
        Canary = facts.Canary,
    };

    private static ImageManifest Image(BackboneSettings backbone, FeatureGrid grid, bool attention) => new()
    {
        Size = backbone.Size,
        Fit = backbone.Fit switch { PhotoFit.Squash => "squash", PhotoFit.Crop => "crop", _ => "pad" },
        Mean = [.. backbone.Mean.Select(m => (float)m)],
        Std = [.. backbone.Std.Select(s => (float)s)],
        Grid = attention ? [grid.Rows, grid.Columns] : [1, 1],
    };
}
