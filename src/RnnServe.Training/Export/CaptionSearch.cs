using RnnServe.Inference.Decoding;
using RnnServe.Inference.Models;
using RnnServe.Inference.Text;
using RnnServe.OnnxRuntime;
using RnnServe.Training.Backbones;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Export;

/// <summary>
/// The captions that the server would give with a training's weights as they stand: exported graphs and the shipped search. The CNN, which
/// does not change, is left out: photos come as its features.
/// </summary>
internal sealed class CaptionSearch : IDisposable
{
    private readonly CaptionRecipe recipe;
    private readonly DecoderManifest manifest;
    private readonly ImageManifest image;
    private readonly Session encoder;
    private readonly Session decoder;

    /// <param name="recipe">The network and the search's defaults.</param>
    /// <param name="tokenizer">Of the captions.</param>
    /// <param name="grid">What the CNN makes of a photo.</param>
    /// <param name="weights">Copied.</param>
    public CaptionSearch(CaptionRecipe recipe, Tokenizer tokenizer, FeatureGrid grid, ParameterSet weights)
    {
        this.recipe = recipe;
        var graphs = ExportedGraphs.BuildWithoutCnn(recipe, tokenizer.VocabularySize, grid, weights);
        manifest = BundleWriter.DecoderOf(graphs, tokenizer);
        image = CaptionBundle.Image(recipe.Backbone, grid, manifest.Attention);
        encoder = new(graphs.Encoder);
        decoder = new(graphs.Decoder);
    }

    /// <summary>Searches captions, on as many threads as the training has.</summary>
    /// <param name="features">Float16 [photos, S, C]; stays the caller's.</param>
    /// <param name="best">Hypotheses wanted of each photo; the beam is as wide, or as the recipe says for null, which gives one.</param>
    /// <returns>The hypotheses of each photo, best first.</returns>
    public IReadOnlyList<IReadOnlyList<Hypothesis>> Search(Tensor features, int? best = null)
    {
        var options = new DecodingOptions
        {
            BeamSize = best ?? recipe.Decoding.BeamSize,
            Best = best ?? 1,
            LengthPenalty = (float)recipe.Decoding.LengthPenalty,
            MaxLength = recipe.Decoding.MaxLength,
        };
        var rules = TokenRules.Of(manifest);
        var sources = Encode(features);
        int threads = recipe.Training.Threads == 0 ? Environment.ProcessorCount : recipe.Training.Threads;
        var shares = sources.Chunk((sources.Length + threads - 1) / threads).ToArray();
        var found = new IReadOnlyList<IReadOnlyList<Hypothesis>>[shares.Length];
        Parallel.For(0, shares.Length, i =>
        {
            using var decoding = new OnnxDecoder(new ImageEncoder(encoder, manifest, image), decoder, manifest);
            found[i] = BeamSearch.DecodeAll(decoding, [.. shares[i].Select(source => new SentenceSearch(source, rules, options))], shares[i].Length);
        });
        return [.. found.SelectMany(share => share)];
    }

    public void Dispose()
    {
        encoder.Dispose();
        decoder.Dispose();
    }

    private ImageSource[] Encode(Tensor features)
    {
        var outputs = new Tensor?[encoder.Outputs.Count];
        encoder.Run([features], outputs);
        ImageSource[] encoded = [.. Enumerable.Range(0, (int)features.Shape[0]).Select(i =>
            ImageSource.Of(new ImageFeatures([.. outputs.Select(output => Row(output!, i))]), image.Cells))];
        foreach (var output in outputs)
            output!.Dispose();
        return encoded;
    }

    private static float[] Row(Tensor tensor, int row)
    {
        int length = (int)(tensor.Length / tensor.Shape[0]);
        return tensor.AsSpan<float>().Slice(row * length, length).ToArray();
    }
}
