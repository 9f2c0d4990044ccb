using RnnServe.Training.Export;
using RnnServe.Training.Loop;

namespace RnnServe.Training.Kinds.Classify;

/// <summary>Makes the next version of a bundle from a classifier's best weights.</summary>
internal static class ClassifyExporter
{
    private const string PictureName = "confusion.svg";

    /// <summary>Checks the graph, measures it, records a canary, and puts the folder in its place by rename; a picture of the mistakes
    /// goes into the training's folder.</summary>
    /// <inheritdoc cref="ITrainingTask.Export"/>
    /// <exception cref="UserException">The graph says other things than the training's.</exception>
    public static string Export(ClassifyRecipe recipe, RunFolder folder, string models, ProgressReport progress)
    {
        var data = ClassifyData.Load(recipe, folder, resume: true, progress.Say);
        int vocabulary = data.Tokenizer.VocabularySize;
        var loss = ClassifyLoss.Build(recipe, vocabulary, training: false);
        using var weights = ExportedWeights.Load(loss, folder.Best, out var state);
        byte[] graph = ClassifyGraph.Write(recipe, vocabulary, weights);
        using (var exported = new GraphClassifier(graph))
        using (var reference = new GraphClassifier(loss, weights, new()))
        {
            double difference = ClassifyParity.Verify(reference, exported, data.Batches.Validation());
            int compared = data.Validation.Set.Texts.Count;
            progress.Say(Invariant($"What the graph says of {compared:N0} validation texts equals the training graph's to ")
                + Invariant($"{difference:G2}."));
        }

        var sets = new List<LabelledSet> { data.Validation.Set };
        if (recipe.Data.Test is { } test)
            sets.Add(LabelledSet.Read(test, recipe.Labels, recipe.Data.Words));
        var judge = new ClassifyJudge(sets, progress);
        return new BundleExporter(judge, progress) { Int8Alone = recipe.Int8Alone }.Export(
            models,
            sets[0].Texts[0],
            state.Step,
            facts => ClassifyBundle.Create(recipe, data.Tokenizer, graph, facts),
            facts =>
            {
                string picture = ConfusionReport.Draw(judge.Confusions[^1], recipe.Name);
                File.WriteAllText(Path.Combine(folder.Path, PictureName), picture);
                return ClassifyBundle.Card(recipe, facts, sets.Zip(judge.Confusions));
            });
    }
}
