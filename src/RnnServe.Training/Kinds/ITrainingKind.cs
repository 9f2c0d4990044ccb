using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Training.Evaluation;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Kinds;

/// <summary>A kind of training: all that recipes and commands know of it.</summary>
internal interface ITrainingKind
{
    /// <summary>The value of "task" in its recipes.</summary>
    string Task { get; }

    /// <summary>The record that its recipes are read into.</summary>
    Type RecipeType { get; }

    /// <summary>The training that a recipe of this kind describes.</summary>
    ITrainingTask Train(Recipe recipe);
}

/// <summary>A kind whose trainings become bundles; their manifests have the same "task" as its recipes.</summary>
internal interface IBundleKind : ITrainingKind
{
    /// <summary>What inspect --attention takes for it, without the article.</summary>
    string Attended { get; }

    /// <summary>A new way for evaluate to score its answers.</summary>
    IEvaluation CreateEvaluation();

    /// <summary>New options by which quantize is told what to measure it on.</summary>
    IJudgeOptions CreateJudgeOptions();

    /// <summary>Answers and draws where the model looked.</summary>
    /// <param name="model">A loaded bundle of this kind.</param>
    /// <param name="input">As the command line has it.</param>
    /// <param name="beam">Hypotheses kept; null for the bundle's default.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <returns>Null for a model without attention.</returns>
    /// <exception cref="UserException">The input is none for the model.</exception>
    Task<AttentionPicture?> DrawAsync(IModel model, string input, int? beam, CancellationToken cancellation);

    /// <summary>What its bundles turn into what, and lines about the parts that only this kind has.</summary>
    (string Direction, IReadOnlyList<string> Parts) Describe(ModelManifest manifest);
}
