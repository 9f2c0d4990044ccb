using RnnServe.Training.Data;
using RnnServe.Training.Loop;

namespace RnnServe.Training.Kinds;

/// <summary>A kind of training, made for one recipe: all that the commands know of it.</summary>
internal interface ITrainingTask
{
    /// <summary>Reads the data and builds the model.</summary>
    /// <param name="folder">The training's folder: what is learnt from the data, such as a tokenizer, is kept there.</param>
    /// <param name="resume">Whether the folder holds it already.</param>
    /// <param name="progress">Told how much was read and left out, and how far long work is.</param>
    /// <returns>Owned by the caller.</returns>
    PreparedTraining Prepare(RunFolder folder, bool resume, ProgressReport progress);

    /// <summary>Makes of a training's best weights what they are for. It appears complete or not at all.</summary>
    /// <param name="folder">The training's folder, with its weights.</param>
    /// <param name="models">Folder of all bundles; a new bundle becomes the next version under the recipe's name.</param>
    /// <param name="progress">Told what was done and measured.</param>
    /// <returns>The bundle's folder, or the file that was written.</returns>
    string Export(RunFolder folder, string models, ProgressReport progress);
}

/// <summary>A training that is ready to start.</summary>
/// <param name="Graph">The model, its parameters initialised from the recipe's seed.</param>
/// <param name="Batches">What it learns from.</param>
internal sealed record PreparedTraining(ILossGraph Graph, IBatchSource Batches) : IDisposable
{
    /// <summary>Scores the model by what it writes; without it the validation loss decides which weights are the best.</summary>
    public IValidation? Validation { get; init; }

    /// <summary>What the loss is counted by.</summary>
    public LossUnit Unit { get; init; } = LossUnit.Token;

    public void Dispose()
    {
        Graph.Dispose();
        (Batches as IDisposable)?.Dispose();
    }
}
