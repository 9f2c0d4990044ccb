using System.Globalization;
using RnnServe.Training;
using RnnServe.Training.Recipes;

namespace RnnServe.Tests.Training;

/// <summary>A training in a process of its own, for tests that kill it: RnnServe.Tests.dll folder resume|new milliseconds-per-step.</summary>
internal static class TrainingChild
{
    /// <summary>Checkpoints every 30 ms, so that a kill is likely to hit one being written.</summary>
    public static TrainingSettings Settings { get; } = new() { Epochs = 6, WarmUpSteps = 5, LearningRate = 0.05, CheckpointMinutes = 0.0005 };

    public static int Main(string[] args)
    {
        int delay = int.Parse(args[2], CultureInfo.InvariantCulture);
        using var graph = new LineGraph { BeforeStep = _ => Thread.Sleep(delay) };
        return Run(graph, args[0], args[1] == "resume", Settings) == TrainingOutcome.Finished ? 0 : 1;
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
