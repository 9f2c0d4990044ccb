using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Onnx;
using RnnServe.Inference.Search;
using RnnServe.Inference.Text;
using RnnServe.Training.Kinds.Caption.Backbones;
using RnnServe.Training.Optimizers;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>The captions that the server would give with a training's weights as they stand: exported graphs and the shipped search. The
/// CNN, which does not change, is left out: photos come as its features.</summary>
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
        var graphs = CaptionGraphs.BuildWithoutCnn(recipe, tokenizer.VocabularySize, grid, weights);
        manifest = graphs.Manifest(tokenizer);
        image = CaptionBundle.Image(recipe.Backbone, grid, manifest.Attention);
        encoder = new(graphs.Encoder);
        try
        {
            decoder = new(graphs.Decoder);
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    /// <summary>Searches captions; the threads of the training share the photos.</summary>
    /// <param name="features">Float16 [photos, S, C]; stays the caller's.</param>
    /// <param name="beamSize">Width of the beam.</param>
    /// <param name="best">Hypotheses wanted of each photo.</param>
    /// <returns>The hypotheses of each photo, best first.</returns>
    public IReadOnlyList<IReadOnlyList<Hypothesis>> Search(Tensor features, int beamSize, int best)
    {
        var options = new DecodingOptions
        {
            BeamSize = beamSize,
            Best = best,
            LengthPenalty = (float)recipe.Decoding.LengthPenalty,
            MaxLength = recipe.Decoding.MaxLength,
        };
        var rules = TokenRules.Of(manifest);
        var sources = Encode(features);
        int threads = recipe.Training.Execution().IntraOpThreads;
        var shares = sources.Chunk((sources.Length + threads - 1) / threads).ToArray();
        var found = Task.WhenAll(shares.Select(share => Task.Run(() =>
        {
            using var decoding = new OnnxDecoder(new ImageEncoder(encoder, manifest, image), decoder, manifest);
            return SearchRows.DecodeAll(decoding, [.. share.Select(source => new BeamSearch(source, rules, options))], share.Length);
        })));
        return [.. found.GetAwaiter().GetResult().SelectMany(share => share)];
    }

    public void Dispose()
    {
        encoder.Dispose();
        decoder.Dispose();
    }

    private ImageSource[] Encode(Tensor features)
    {
        var outputs = new Tensor?[encoder.Outputs.Count];
        try
        {
            encoder.Run([features], outputs);
            return [.. Enumerable.Range(0, (int)features.Shape[0]).Select(i =>
                ImageSource.Of(new ImageFeatures([.. outputs.Select(output => Row(output!, i))]), image.Cells))];
        }
        finally
        {
            foreach (var output in outputs)
                output?.Dispose();
        }
    }

    private static float[] Row(Tensor tensor, int row)
    {
        int length = (int)(tensor.Length / tensor.Shape[0]);
        return tensor.AsSpan<float>().Slice(row * length, length).ToArray();
    }
}
