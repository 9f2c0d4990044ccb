using RnnServe.Training.Loop;
using RnnServe.Training.Optimizers;

namespace RnnServe.Training.Kinds.Classify;

/// <summary>Scores weights by the labels that they give the validation texts.</summary>
/// <param name="recipe">The network.</param>
/// <param name="data">Texts and tokenizer.</param>
/// <param name="say">Told the score that is not the one by which weights are kept.</param>
internal sealed class ClassifyValidation(ClassifyRecipe recipe, ClassifyData data, Action<string> say) : IValidation
{
    public string ScoreName => "accuracy";

    public double Score(ParameterSet averaged)
    {
        using var classifier = new GraphClassifier(
            ClassifyLoss.Build(recipe, data.Tokenizer.VocabularySize, training: false), averaged, recipe.Training.Execution());
        var confusion = Confusion.Of(classifier, data.Batches, data.Validation, recipe);
        say(Invariant($"Validation: accuracy {100 * confusion.Accuracy:F2} %, macro F1 {100 * confusion.MacroF1:F2} %."));
        return 100 * confusion.Accuracy;
    }
}
