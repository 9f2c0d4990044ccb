using System.Globalization;
using RnnServe.Training.Loop;
using RnnServe.Training.Recipes;

namespace RnnServe.Tests.Training;

/// <summary>A training in a process of its own, for tests that kill it: RnnServe.Tests.dll training folder resume|new milliseconds-per-step.</summary>
internal static class TrainingChild
{
    /// <summary>The first argument of such a process; with others the program runs tests.</summary>
    public const string Command = "training";

    /// <summary>Checkpoints every 30 ms, so that a kill is likely to hit one being written.</summary>
    public static TrainingSettings Settings { get; } = new() { Epochs = 6, WarmUpSteps = 5, LearningRate = 0.05, CheckpointMinutes = 0.0005 };

    public static int Run(string folder, string how, string delay)
    {
        int milliseconds = int.Parse(delay, CultureInfo.InvariantCulture);
        using var graph = new LineGraph { BeforeStep = _ => Thread.Sleep(milliseconds) };
        return Run(graph, folder, how == "resume", Settings) == TrainingOutcome.Finished ? 0 : 1;
    }

    public static TrainingOutcome Run(ILossGraph graph, string folder, bool resume, TrainingSettings settings, CancellationToken stop = default)
    {
        using var trainer = new Trainer(graph, new LineBatches(), settings, Environment(folder));
        return trainer.Run(resume, stop);
    }

    public static TrainerEnvironment Environment(string folder) => new()
    {
        Folder = new RunFolder(folder),
        RecipeHash = "line",
        Progress = new ProgressReport(TextWriter.Null, live: false, TimeProvider.System),
    };
}
