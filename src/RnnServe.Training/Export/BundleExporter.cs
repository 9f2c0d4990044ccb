using RnnServe.Inference.Batching;
using RnnServe.Inference.Models;
using RnnServe.Inference.Tasks;
using RnnServe.Training.Data;
using RnnServe.Training.Models;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Export;

/// <summary>Makes the next version of a bundle from a training's best weights.</summary>
internal static class BundleExporter
{
    private const int ParitySentences = 64;

    /// <summary>Checks the graphs, measures validation BLEU, records a canary, and puts the folder in its place by rename.</summary>
    /// <inheritdoc cref="ITrainingTask.Export"/>
    public static string Export(TranslationRecipe recipe, RunFolder folder, string models, Action<string> say)
    {
        var data = TranslationData.Load(recipe, folder, resume: true, say);
        var vocabularies = data.Tokenizers.VocabularySizes;
        using var weights = Declare(recipe, vocabularies);
        var state = Checkpoints.LoadAverages(folder.Best, weights);
        RoundToHalf(weights);
        var graphs = ExportedGraphs.Build(recipe, vocabularies, weights);
        var difference = Verify(recipe, vocabularies, weights, graphs, data.Batches);
        say($"Every logit of {ParitySentences} validation sentences or more equals the training graph's to {difference:G2}.");

        var model = Path.Combine(models, recipe.Name);
        var version = Directory.Exists(model) ? ModelBundle.Versions(model).Select(v => v.Version).FirstOrDefault() + 1 : 1;
        var (partial, final) = (Path.Combine(model, $".{version}.partial"), Path.Combine(model, $"{version}"));
        Delete(partial);
        try
        {
            var facts = new BundleFacts { Steps = state.Step };
            BundleWriter.Write(partial, recipe, data.Tokenizers, graphs, facts);
            facts = Measure(partial, recipe, data, facts, say);
            BundleWriter.Write(partial, recipe, data.Tokenizers, graphs, facts with { Card = ModelCard.Write(recipe, facts) });
            Translator.LoadAsync(partial, new BatchingOptions()).GetAwaiter().GetResult().DisposeAsync().AsTask().GetAwaiter().GetResult();
            Directory.Move(partial, final);
        }
        finally
        {
            Delete(partial);
        }

        return final;
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private static ParameterSet Declare(TranslationRecipe recipe, VocabularySizes vocabularies)
    {
        var loss = LossOfTranslation.Build(recipe, vocabularies, training: false);
        return new([.. loss.Context.Parameters.Select(p => new Parameter(p.Value.Name!, [.. p.Value.Shape.Select(d => d.Factor)]))]);
    }

    // From here on the weights are what the files will hold, so that the comparison is of the graphs alone.
    private static void RoundToHalf(ParameterSet weights)
    {
        foreach (var parameter in weights.All)
        {
            foreach (ref var weight in parameter.Value.AsSpan<float>())
                weight = (float)(Half)weight;
        }
    }

    private static double Verify(
        TranslationRecipe recipe, VocabularySizes vocabularies, ParameterSet weights, ExportedGraphs graphs, TranslationBatches batches)
    {
        using var check = new ParityCheck(recipe, vocabularies, weights, graphs);
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
