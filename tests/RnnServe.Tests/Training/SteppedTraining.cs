using RnnServe.Training.Kinds;
using RnnServe.Training.Loop;
using RnnServe.Training.Recipes;

namespace RnnServe.Tests.Training;

/// <summary>The training loop without the command around it.</summary>
internal static class SteppedTraining
{
    /// <summary>Trains in a folder.</summary>
    /// <param name="recipe">What.</param>
    /// <param name="path">The folder.</param>
    /// <param name="resume">Whether it holds a training.</param>
    /// <param name="stop">Asks to stop after the next step.</param>
    public static TrainingOutcome Run(Recipe recipe, string path, bool resume = false, bool stop = false)
    {
        var folder = new RunFolder(path);
        var progress = new ProgressReport(TextWriter.Null, live: false, TimeProvider.System);
        using var prepared = TrainingKinds.Train(recipe).Prepare(folder, resume, progress);
        var environment = new TrainerEnvironment { Folder = folder, RecipeHash = RecipeFile.Hash(recipe), Progress = progress, Unit = prepared.Unit };
        using var trainer = new Trainer(prepared.Graph, prepared.Batches, recipe.Training, environment);
        return trainer.Run(resume, new CancellationToken(stop));
    }

    /// <summary>Trains to the end, stopped after every step and resumed.</summary>
    /// <returns>How often it was stopped.</returns>
    public static int StopAfterEveryStep(Recipe recipe, string path)
    {
        int stops = 0;
        for (bool resume = false; Run(recipe, path, resume, stop: true) == TrainingOutcome.Interrupted; resume = true)
            stops++;
        return stops;
    }
}
