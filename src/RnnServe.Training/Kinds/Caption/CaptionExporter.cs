using RnnServe.Inference.Onnx;
using RnnServe.Training.Data;
using RnnServe.Training.Decoding;
using RnnServe.Training.Export;
using RnnServe.Training.Graphs;
using RnnServe.Training.Kinds.Caption.Backbones;
using RnnServe.Training.Kinds.Caption.Metrics;
using RnnServe.Training.Loop;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>Makes the next version of a bundle from a captioning training's best weights.</summary>
internal static class CaptionExporter
{
    private const int ParityPhotos = 32;

    /// <summary>Checks the graphs, measures validation scores from the photos' files on, records a canary, and renames the folder into
    /// place.</summary>
    /// <param name="recipe">The recipe of the training.</param>
    /// <param name="texts">Its captions and tokenizer.</param>
    /// <param name="backbone">The CNN to put into the bundle.</param>
    /// <param name="folder">The training's folder, with the weights behind the CNN.</param>
    /// <param name="models">Folder of all bundles.</param>
    /// <param name="progress">Told what was done and measured.</param>
    /// <returns>The bundle's folder.</returns>
    public static string Export(
        CaptionRecipe recipe, CaptionTexts texts, Backbone backbone, RunFolder folder, string models, ProgressReport progress)
    {
        using var cnn = new FeatureGraph(backbone, recipe.Backbone.Size, ElementType.Float, recipe.Training.Execution());
        int vocabulary = texts.Tokenizer.VocabularySize;
        var loss = LossOfCaptions.Build(recipe, vocabulary, cnn.Measured, training: false, features: ElementType.Float);
        using var weights = ExportedWeights.Load(loss, folder.Best, out var state);
        var model = new CaptionModel(
            texts.Tokenizer, cnn.Measured, CaptionGraphs.Build(recipe, vocabulary, backbone, cnn.Measured, weights));
        using (var check = new ParityCheck(loss, weights, model.Graphs))
        {
            double difference = Verify(recipe, texts, cnn, check);
            progress.Say(Invariant($"Every logit of {ParityPhotos} validation photos equals the training graph's to {difference:G2}."));
        }

        var canary = recipe.Canary is { } path
            ? new CanaryPhoto("canary" + Path.GetExtension(path).ToLowerInvariant(), File.ReadAllBytes(path))
            : new CanaryPhoto("canary.png", CanaryDrawing.Png());
        var judge = new CaptionJudge(texts.Corpus.Validation, Path.GetFileName(recipe.Data.Validation), progress);
        return new BundleExporter(judge, progress) { Int8Alone = recipe.Int8Alone }.Export(
            models,
            canary.Name,
            state.Step,
            facts => CaptionBundle.Create(recipe, model, facts, canary),
            facts => CaptionCard.Write(recipe, model, facts));
    }

    /// <summary>Compares, with one caption of each photo, what the bundle makes of pixels and the training graph of features.</summary>
    private static double Verify(CaptionRecipe recipe, CaptionTexts texts, FeatureGraph cnn, ParityCheck check)
    {
        double greatest = 0;
        foreach (var photos in texts.Corpus.Validation.Take(ParityPhotos).Chunk(8))
        {
            int[][] captions = [.. photos.Select(p => texts.Tokenizer.Encode(CaptionText.Normalise(p.Captions[0])))];
            var inputs = TargetTensors.Create(captions, texts.SpecialTokens);
            inputs["image"] = PhotoTensors.Read([.. photos.Select(p => p.Path)], recipe.Backbone);
            inputs["features"] = cnn.Run(inputs["image"]);
            inputs["photo"] = Tensor.Copy<long>([.. Enumerable.Range(0, photos.Length).Select(i => (long)i)], photos.Length);
            using var batch = new Batch(inputs, photos.Length, captions.Sum(c => c.Length + 1));
            greatest = Math.Max(greatest, check.Verify(batch));
        }

        return greatest;
    }
}
