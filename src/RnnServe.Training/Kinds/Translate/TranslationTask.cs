using RnnServe.Training.Loop;

namespace RnnServe.Training.Kinds.Translate;

/// <summary>Training a translation model.</summary>
internal sealed class TranslationTask(TranslationRecipe recipe) : ITrainingTask
{
    public PreparedTraining Prepare(RunFolder folder, bool resume, ProgressReport progress)
    {
        var data = TranslationData.Load(recipe, folder, resume, progress.Say);
        var vocabularies = data.Tokenizers.VocabularySizes;
        var graph = new LossGraph(training => LossOfTranslation.Build(recipe, vocabularies, training), recipe.Training);
        if (!resume && recipe.Start is { } start)
            Checkpoints.LoadAverages(RunFolder.Validated(start).Best, graph.Parameters);
        return new(graph, data.Batches) { Validation = new TranslationValidation(recipe, data, folder) };
    }

    public string Export(RunFolder folder, string models, ProgressReport progress) =>
        TranslationExporter.Export(recipe, folder, models, progress);
}
