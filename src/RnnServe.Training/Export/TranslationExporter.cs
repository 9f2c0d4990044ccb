using RnnServe.Inference.Batching;
using RnnServe.Inference.Models;
using RnnServe.Inference.Tasks;
using RnnServe.Training.Data;
using RnnServe.Training.Models;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Export;

/// <summary>Makes the next version of a bundle from a translation training's best weights.</summary>
internal static class TranslationExporter
{
    private const int ParitySentences = 64;

    /// <summary>Checks the graphs, measures validation BLEU, records a canary, and puts the folder in its place by rename.</summary>
    /// <inheritdoc cref="ITrainingTask.Export"/>
    public static string Export(TranslationRecipe recipe, RunFolder folder, string models, Action<string> say)
    {
        var data = TranslationData.Load(recipe, folder, resume: true, say);
        var vocabularies = data.Tokenizers.VocabularySizes;
        var loss = LossOfTranslation.Build(recipe, vocabularies, training: false);
        using var weights = ExportedWeights.Load(loss, folder.Best, out var state);
        var graphs = ExportedGraphs.Build(recipe, vocabularies, weights);
        using (var check = new ParityCheck(loss, weights, graphs))
            say($"Every logit of {ParitySentences} validation sentences or more equals the training graph's to {Verify(check, data.Batches):G2}.");

        return BundleWriter.NextVersion(models, recipe.Name, partial =>
        {
            var facts = new BundleFacts { Steps = state.Step };
            BundleWriter.Write(partial, TranslationBundle.Create(recipe, data.Tokenizers, graphs, facts), null);
            facts = Measure(partial, recipe, data, facts, say);
            BundleWriter.Write(partial, TranslationBundle.Create(recipe, data.Tokenizers, graphs, facts), TranslationCard.Write(recipe, facts));
            Translator.LoadAsync(partial, new BatchingOptions()).GetAwaiter().GetResult().DisposeAsync().AsTask().GetAwaiter().GetResult();
        });
    }

    private static double Verify(ParityCheck check, TranslationBatches batches)
    {
        var (sentences, greatest) = (0, 0.0);

        // Batches come sorted by length: every fourth gives short and long sentences alike.
        foreach (var batch in batches.Validation().Where((_, i) => i % 4 == 0))
        {
            using (batch)
                greatest = Math.Max(greatest, check.Verify(batch));
            sentences += batch.Sentences;
            if (sentences >= ParitySentences)
                break;
        }

        return greatest;
    }

    private static BundleFacts Measure(string bundle, TranslationRecipe recipe, TranslationData data, BundleFacts facts, Action<string> say)
    {
        var score = TranslationValidation.ScoreAsync(bundle, data.Validation, new()).GetAwaiter().GetResult();
        say($"Validation BLEU {score.Score:F2} ({score.Signature}).");
        var canary = data.Validation[0].Source;
        var metric = new MetricManifest
        {
            DataSet = $"{Path.GetFileName(recipe.Data.Validation.Source)}, {Path.GetFileName(recipe.Data.Validation.Target)}",
            Method = $"BLEU, beam {recipe.Decoding.BeamSize}, {score.Signature}",
            Value = Math.Round(score.Score, 2),
        };
        var answer = TranslateAsync(bundle, canary).GetAwaiter().GetResult();
        return facts with { Metrics = [metric], Canary = new() { Input = canary, Expected = answer } };
    }

    private static async Task<string> TranslateAsync(string bundle, string text)
    {
        var translator = await Translator.LoadAsync(bundle, new BatchingOptions());
        await using (translator)
            return (await translator.TranslateAsync([text], new TranslationOptions(), CancellationToken.None))[0].Text;
    }
}
