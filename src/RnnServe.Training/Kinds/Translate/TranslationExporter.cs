using RnnServe.Training.Decoding;
using RnnServe.Training.Export;
using RnnServe.Training.Loop;

namespace RnnServe.Training.Kinds.Translate;

/// <summary>Makes the next version of a bundle from a translation training's best weights.</summary>
internal static class TranslationExporter
{
    private const int ParitySentences = 64;

    /// <summary>Checks the graphs, measures validation BLEU, records a canary, and puts the folder in its place by rename.</summary>
    /// <inheritdoc cref="ITrainingTask.Export"/>
    public static string Export(TranslationRecipe recipe, RunFolder folder, string models, ProgressReport progress)
    {
        var data = TranslationData.Load(recipe, folder, resume: true, progress.Say);
        var vocabularies = data.Tokenizers.VocabularySizes;
        var loss = LossOfTranslation.Build(recipe, vocabularies, training: false);
        using var weights = ExportedWeights.Load(loss, folder.Best, out var state);
        var graphs = TranslationGraphs.Build(recipe, vocabularies, weights);
        using (var check = new ParityCheck(loss, weights, graphs))
            progress.Say($"Every logit of {ParitySentences} validation sentences, short and long, equals the training graph's to "
                + $"{Verify(check, data.Batches):G2}.");

        var judge = new TranslationJudge(
            data.Validation,
            $"{Path.GetFileName(recipe.Data.Validation.Source)}, {Path.GetFileName(recipe.Data.Validation.Target)}",
            progress);
        return new BundleExporter(judge, progress) { Int8Alone = recipe.Int8Alone }.Export(
            models,
            data.Validation[0].Source,
            state.Step,
            facts => TranslationBundle.Create(recipe, data.Tokenizers, graphs, facts),
            facts => TranslationCard.Write(recipe, facts));
    }

    private static double Verify(ParityCheck check, TranslationBatches batches)
    {
        var all = batches.Validation().ToList();
        int each = (ParitySentences + all.Count - 1) / all.Count;
        double greatest = 0;

        // Batches come sorted by length: some of each give short and long sentences alike.
        foreach (var batch in all)
        {
            using (batch)
            {
                using var last = batch.Rows(Math.Max(0, batch.Sentences - each)..batch.Sentences);
                greatest = Math.Max(greatest, check.Verify(last));
            }
        }

        return greatest;
    }
}
