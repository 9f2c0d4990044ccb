using System.Globalization;
using RnnServe.Inference.Batching;
using RnnServe.Inference.Models;
using RnnServe.Inference.Tasks;
using RnnServe.OnnxRuntime;
using RnnServe.Training.Backbones;
using RnnServe.Training.Data;
using RnnServe.Training.Metrics;
using RnnServe.Training.Models;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Export;

/// <summary>Makes the next version of a bundle from a captioning training's best weights.</summary>
internal static class CaptionExporter
{
    private const int ParityPhotos = 32, PhotosPerCall = 32;

    /// <summary>Checks the graphs, measures validation scores from the photos' files on, records a canary, and renames the folder into place.</summary>
    /// <inheritdoc cref="ITrainingTask.Export"/>
    public static string Export(CaptionRecipe recipe, RunFolder folder, string models, ProgressReport progress)
    {
        var backbone = Backbone.Load(recipe.Backbone.Path, recipe.Backbone.Output);
        using var data = CaptionData.Load(recipe, backbone, folder, resume: true, progress);
        var (vocabulary, grid) = (data.Tokenizer.VocabularySize, data.Features.Grid);
        var loss = LossOfCaptions.Build(recipe, vocabulary, grid.Channels, training: false, features: ElementType.Float);
        using var weights = ExportedWeights.Load(loss, folder.Best, out var state);
        var graphs = ExportedGraphs.Build(recipe, vocabulary, backbone, grid, weights);
        double difference = Verify(recipe, backbone, data, new ParityCheck(loss, weights, graphs));
        progress.Say(string.Create(
            CultureInfo.InvariantCulture, $"Every logit of {ParityPhotos} validation photos equals the training graph's to {difference:G2}."));

        var canary = recipe.Canary is { } path
            ? new CanaryPhoto("canary" + Path.GetExtension(path).ToLowerInvariant(), File.ReadAllBytes(path))
            : new CanaryPhoto("canary.png", CanaryDrawing.Png());
        return BundleWriter.NextVersion(models, recipe.Name, partial =>
        {
            var facts = new BundleFacts { Steps = state.Step };
            BundleWriter.Write(partial, CaptionBundle.Create(recipe, data, graphs, facts, canary), null);
            facts = MeasureAsync(partial, recipe, data, facts, canary, progress).GetAwaiter().GetResult();
            BundleWriter.Write(partial, CaptionBundle.Create(recipe, data, graphs, facts, canary), CaptionCard.Write(recipe, data, facts));
            Captioner.LoadAsync(partial, new BatchingOptions()).GetAwaiter().GetResult().DisposeAsync().AsTask().GetAwaiter().GetResult();
        });
    }

    /// <summary>Compares, with one caption of each photo, what the bundle makes of pixels with what the training graph makes of features.</summary>
    private static double Verify(CaptionRecipe recipe, Backbone backbone, CaptionData data, ParityCheck check)
    {
        using var disposed = check;
        using var cnn = new FeatureGraph(backbone, recipe.Backbone.Size, ElementType.Float, recipe.Training.Threads);
        double greatest = 0;
        foreach (var photos in data.Validation.Take(ParityPhotos).Chunk(8))
        {
            int[][] captions = [.. photos.Select(p => data.Tokenizer.Encode(CaptionText.Normalise(p.Captions[0])))];
            var inputs = TargetTensors.Create(captions, Tokenizers.SpecialTokensOf(data.Tokenizer));
            inputs["image"] = PhotoReader.Read([.. photos.Select(p => p.Path)], recipe.Backbone);
            inputs["features"] = cnn.Run(inputs["image"]);
            inputs["photo"] = Tensor.Copy<long>([.. Enumerable.Range(0, photos.Length).Select(i => (long)i)], photos.Length);
            using var batch = new Batch(inputs, photos.Length, captions.Sum(c => c.Length + 1));
            greatest = Math.Max(greatest, check.Verify(batch));
        }

        return greatest;
    }

    private static async Task<BundleFacts> MeasureAsync(
        string bundle, CaptionRecipe recipe, CaptionData data, BundleFacts facts, CanaryPhoto canary, ProgressReport progress)
    {
        var captioner = await Captioner.LoadAsync(bundle, new BatchingOptions());
        await using (captioner)
        {
            var captions = new List<string>();
            foreach (var photos in progress.Count(data.Validation.Chunk(PhotosPerCall), "photos captioned", data.Validation.Count, 0, p => p.Length))
                captions.AddRange(await CaptionAsync(captioner, photos.Select(p => File.ReadAllBytes(p.Path))));

            IReadOnlyList<string>[] references = [.. data.Validation.Select(p => p.Captions)];
            var scores = CaptionMetrics.Score(captions, references);
            progress.Say($"Validation: {scores}");
            string answer = (await CaptionAsync(captioner, [canary.Bytes]))[0];
            return facts with
            {
                Metrics = Metrics(recipe, scores, CaptionMetrics.Signature(references)),
                Canary = new() { Input = canary.Name, Expected = answer },
            };
        }
    }

    private static async Task<List<string>> CaptionAsync(Captioner captioner, IEnumerable<byte[]> photos)
    {
        ReadOnlyMemory<byte>[] files = [.. photos.Select(photo => (ReadOnlyMemory<byte>)photo)];
        return [.. (await captioner.CaptionAsync(files, new CaptionOptions(), CancellationToken.None)).Select(caption => caption.Text)];
    }

    private static MetricManifest[] Metrics(CaptionRecipe recipe, CaptionScores scores, string signature)
    {
        var search = FormattableString.Invariant($"beam {recipe.Decoding.BeamSize}, length penalty {recipe.Decoding.LengthPenalty}, {signature}");
        var values = new[]
        {
            ("BLEU-1", scores.Bleu1), ("BLEU-2", scores.Bleu2), ("BLEU-3", scores.Bleu3), ("BLEU-4", scores.Bleu4), ("CIDEr-D", scores.CiderD),
        };
        return [.. values.Select(value => new MetricManifest
        {
            DataSet = Path.GetFileName(recipe.Data.Validation),
            Method = $"{value.Item1}, {search}",
            Value = Math.Round(value.Item2, value.Item1 == "CIDEr-D" ? 3 : 2),
        })];
    }
}
