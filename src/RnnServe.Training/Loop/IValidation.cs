using RnnServe.Training.Optimizers;

namespace RnnServe.Training.Loop;

/// <summary>Scores the model by what it writes, not by its loss alone.</summary>
internal interface IValidation
{
    /// <summary>What the score is, as messages, log and plots name it: "BLEU".</summary>
    string ScoreName { get; }

    /// <summary>Score of the validation data; higher is better.</summary>
    /// <param name="averaged">The model's parameters, holding the averaged weights during the call; only read.</param>
    double Score(ParameterSet averaged);
}
