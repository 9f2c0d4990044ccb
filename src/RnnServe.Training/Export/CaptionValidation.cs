using RnnServe.Inference.Batching;
using RnnServe.Inference.Decoding;
using RnnServe.Inference.Tasks;
using RnnServe.OnnxRuntime;
using RnnServe.Training.Backbones;
using RnnServe.Training.Data;
using RnnServe.Training.Metrics;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Export;

/// <summary>
/// Scores weights by the captions that the server would give: exports them and runs the shipped search. The CNN, which does not change, is
/// left out: its features are read from the cache.
/// </summary>
/// <param name="recipe">The network and the search's defaults.</param>
/// <param name="backbone">The CNN.</param>
/// <param name="texts">Validation photos and the tokenizer.</param>
/// <param name="features">Of the training's and the validation's photos.</param>
/// <param name="folder">Gets a folder with the exported graphs, overwritten at every validation.</param>
internal sealed class CaptionValidation(
    CaptionRecipe recipe, Backbone backbone, CaptionTexts texts, PhotoFeatures features, RunFolder folder) : IValidation
{
    private const int PhotosPerRun = 64;

    public string ScoreName => "BLEU-4";

    public double Score(ParameterSet averaged)
    {
        var path = Path.Combine(folder.Path, "validation");
        int vocabulary = texts.Tokenizer.VocabularySize;
        var graphs = ExportedGraphs.Build(recipe, vocabulary, backbone, features.Grid, averaged);
        var model = new CaptionModel(texts.Tokenizer, features.Grid, graphs);
        BundleWriter.Write(path, CaptionBundle.Create(recipe, model, new(), canary: null), card: null);
        using var head = new Session(ExportedGraphs.Head(recipe, vocabulary, features.Grid, averaged));
        var captions = CaptionAsync(path, head).GetAwaiter().GetResult();
        return CaptionMetrics.Score(captions, [.. texts.Corpus.Validation.Select(photo => photo.Captions)]).Bleu4;
    }

    private async Task<IReadOnlyList<string>> CaptionAsync(string bundle, Session head)
    {
        var captions = new List<string>();
        var captioner = await Captioner.LoadAsync(bundle, new BatchingOptions());
        await using (captioner)
        {
            foreach (int[] photos in Enumerable.Range(texts.Corpus.Train.Count, texts.Corpus.Validation.Count).Chunk(PhotosPerRun))
            {
                var found = await captioner.CaptionAsync(Encode(head, photos), new CaptionOptions(), CancellationToken.None);
                captions.AddRange(found.Select(caption => caption.Text));
            }
        }

        return captions;
    }

    private ImageFeatures[] Encode(Session head, int[] photos)
    {
        using var read = features.Read([.. photos.Select(photo => (photo, false))]);
        var outputs = new Tensor?[head.Outputs.Count];
        head.Run([read], outputs);
        ImageFeatures[] encoded = [.. photos.Select((_, i) => new ImageFeatures([.. outputs.Select(output => Row(output!, i))]))];
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
