using System.CommandLine;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Kinds;
using RnnServe.Training.Loop;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Commands;

/// <summary>train: learns models from recipes, one after the other, with checkpoints to resume from.</summary>
internal sealed class TrainCommand
{
    /// <summary>Exit code of a program that an interrupt ended, as shells have it.</summary>
    private const int Interrupted = 130;

    private readonly Argument<FileInfo[]> recipes = new("recipe")
    {
        Description = "The recipe: a JSON file. Of several, each begins when the one before is done, so it can build on that one's run.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> resume = new("--resume")
    {
        Description = "Go on from the newest checkpoint, with its threads; the result is the same, bit for bit, as without the "
            + "interruption.",
    };

    private readonly Option<DirectoryInfo?> output = new("--output", "-o")
    {
        Description = "Folder for checkpoints, log and plots. Default: runs/<name of the recipe>. For a single recipe.",
    };

    private readonly Option<int?> threads = new("--threads")
    {
        Description = "Threads of the graph's operators; 0 is one per core. Another count gives other last bits.",
    };

    private readonly Option<ExecutionProvider?> provider = new("--provider")
    {
        Description = "What runs the graph's operators: cpu, or cuda for an NVIDIA GPU, instead of the recipe's.",
    };

    private readonly Option<int?> epochs = new("--epochs") { Description = "Passes over the training data, instead of the recipe's." };
    private readonly Option<int?> seed = new("--seed") { Description = "Where all randomness starts, instead of the recipe's." };

    public Command Create()
    {
        var command = new Command("train", "Train a model from a recipe, or several in stages.")
        {
            recipes, resume, output, threads, provider, epochs, seed,
        };
        command.SetAction((arguments, stop) => Task.Run(() => Run(arguments, stop), CancellationToken.None));
        return command;
    }

    private int Run(ParseResult arguments, CancellationToken stop)
    {
        // All of them are read before hours are spent on the first.
        Recipe[] read = [.. arguments.GetRequiredValue(recipes).Select(file => Override(RecipeFile.Load(file.FullName), arguments))];
        foreach (var recipe in read)
            recipe.Training.Execution().Check();
        if (read.Length > 1 && arguments.GetValue(output) is not null)
            throw new UserException($"--output names one folder; {read.Length} recipes need one each: leave it out.");
        if (read.GroupBy(recipe => recipe.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new UserException($"Two recipes have the name '{twice.Key}'; each needs a folder of its own.");

        Stage[] stages = [.. read.Select(recipe => Plan(recipe, arguments, several: read.Length > 1))];
        foreach (var stage in stages)
        {
            if (Train(stage, stop) is not 0 and var code)
                return code;
        }

        return 0;
    }

    private Stage Plan(Recipe recipe, ParseResult arguments, bool several)
    {
        string path = arguments.GetValue(output)?.FullName ?? Path.Combine("runs", recipe.Name);
        bool resume = arguments.GetValue(this.resume);
        if (resume && !several && !Directory.Exists(path))
            throw new UserException($"There is no training in '{path}' to resume: leave out --resume, or name its folder with --output.");
        var folder = new RunFolder(path);
        bool begun = File.Exists(folder.Latest) || File.Exists(folder.Previous);
        if (!resume && begun)
            throw new UserException($"'{path}' holds a training already: go on with --resume, choose another --output, or delete the "
                + "folder.");

        // Of several, those that had not begun begin.
        return new(recipe, folder, several ? begun : resume);
    }

    private static int Train(Stage stage, CancellationToken stop)
    {
        var (recipe, folder, resume) = stage;
        var progress = ProgressReport.OnConsole();
        if (resume)
            recipe = AsItBegan(recipe, folder, progress);
        using var prepared = TrainingKinds.Train(recipe).Prepare(folder, resume, progress);
        if (!resume)
            File.WriteAllText(folder.Recipe, RecipeFile.ToJson(recipe));

        progress.Say($"Model: {prepared.Graph.Parameters.Length:N0} parameters.");
        var environment = new TrainerEnvironment
        {
            Folder = folder,
            RecipeHash = RecipeFile.Hash(recipe),
            Progress = progress,
            Validation = prepared.Validation,
            Unit = prepared.Unit,
        };
        using var trainer = new Trainer(prepared.Graph, prepared.Batches, recipe.Training, environment);
        var outcome = trainer.Run(resume, stop);
        TrainingPlots.Write(folder, recipe.Name, prepared.Unit);
        return Report(outcome, folder, progress);
    }

    /// <summary>The recipe with the threads of its checkpoint.</summary>
    /// <exception cref="UserException">Another recipe began the training.</exception>
    private static Recipe AsItBegan(Recipe recipe, RunFolder folder, ProgressReport progress)
    {
        if (File.Exists(folder.Recipe)
            && RecipeFile.Differences(recipe, RecipeFile.Read(File.ReadAllText(folder.Recipe))) is { Count: > 0 } different)
        {
            throw new UserException(
                $"The training in '{folder.Path}' began with another recipe: {string.Join(", ", different)}. Restore that, or choose "
                    + "another --output.");
        }

        int threads = Checkpoints.ThreadsOf(folder), wanted = recipe.Training.Execution().IntraOpThreads;
        if (threads is 0 || threads == wanted)
            return recipe;
        progress.Say($"Going on with {threads} threads, as it began, not {wanted}: the count decides the weights' last bits.");
        return recipe with { Training = recipe.Training with { Threads = threads } };
    }

    private Recipe Override(Recipe recipe, ParseResult arguments) => recipe with
    {
        Training = recipe.Training with
        {
            Threads = InRange(arguments.GetValue(threads), "--threads", 0, 256) ?? recipe.Training.Threads,
            Provider = arguments.GetValue(provider) ?? recipe.Training.Provider,
            Epochs = InRange(arguments.GetValue(epochs), "--epochs", 1, 10_000) ?? recipe.Training.Epochs,
            Seed = InRange(arguments.GetValue(seed), "--seed", 0, int.MaxValue) ?? recipe.Training.Seed,
        },
    };

    private static int? InRange(int? value, string option, int least, int most) => value is null || (value >= least && value <= most)
        ? value
        : throw new UserException($"{option} is {value}; it must be from {least} to {most}.");

    /// <summary>One of the trainings of a command.</summary>
    private sealed record Stage(Recipe Recipe, RunFolder Folder, bool Resume);

    private static int Report(TrainingOutcome outcome, RunFolder folder, ProgressReport progress)
    {
        progress.Say(outcome switch
        {
            TrainingOutcome.Interrupted => $"Stopped. Go on with the same command and --resume; the checkpoint is in {folder.Path}.",
            TrainingOutcome.StoppedEarly => $"Stopped early, as the score rises no more. The best weights are {folder.Best}.",
            _ => $"Done. The best weights are {folder.Best}.",
        });
        return outcome == TrainingOutcome.Interrupted ? Interrupted : 0;
    }
}
