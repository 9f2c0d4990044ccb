namespace RnnServe.Training;

/// <summary>Scores the model by what it writes, not by its loss alone.</summary>
internal interface IValidation
{
    /// <summary>Corpus BLEU of the validation data, 0 to 100.</summary>
    /// <param name="averaged">The model's parameters, holding the averaged weights during the call; only read.</param>
    double Bleu(ParameterSet averaged);
}
