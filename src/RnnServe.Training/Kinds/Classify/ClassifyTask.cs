using RnnServe.Training.Loop;

namespace RnnServe.Training.Kinds.Classify;

/// <summary>Training a classifier.</summary>
internal sealed class ClassifyTask(ClassifyRecipe recipe) : ITrainingTask
{
    private static readonly LossUnit Sentence = new("sentence", "sentences", IsLikelihood: true);

    public PreparedTraining Prepare(RunFolder folder, bool resume, ProgressReport progress)
    {
        var data = ClassifyData.Load(recipe, folder, resume, progress.Say);
        var graph = new LossGraph(training => ClassifyLoss.Build(recipe, data.Tokenizer.VocabularySize, training), recipe.Training);
        return new(graph, data.Batches) { Validation = new ClassifyValidation(recipe, data, progress.Say), Unit = Sentence };
    }

    public string Export(RunFolder folder, string models, ProgressReport progress) =>
        ClassifyExporter.Export(recipe, folder, models, progress);
}
