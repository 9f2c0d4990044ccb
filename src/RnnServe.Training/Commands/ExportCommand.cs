using System.CommandLine;
using System.Diagnostics;
using RnnServe.Training.Graphs;
using RnnServe.Training.Kinds;
using RnnServe.Training.Loop;

namespace RnnServe.Training.Commands;

/// <summary>export: makes a bundle of a training's best weights.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var run = new Argument<DirectoryInfo>("run") { Description = "Folder of a training, such as runs/multi30k-en-de." };
        var to = new Option<DirectoryInfo>("--to")
        {
            Description = "Folder of all bundles. Default: models.",
            DefaultValueFactory = _ => new DirectoryInfo("models"),
        };
        var command = new Command(
            "export",
            "Export a training's best weights as the next version of a bundle. The graphs are compared with the training graph first; "
            + "the folder appears complete or not at all.") { run, to };
        command.SetAction(arguments =>
        {
            var source = arguments.GetRequiredValue(run);
            if (!source.Exists)
                throw new UserException($"There is no folder '{source.FullName}'.");

            var folder = new RunFolder(source.FullName);
            if (!File.Exists(folder.Recipe) || !File.Exists(folder.Best))
                throw new UserException($"'{source.FullName}' holds no training that was validated: it needs recipe.json and best.ckpt.");

            var watch = Stopwatch.StartNew();
            string result = TrainingKinds.Train(RecipeFile.Load(folder.Recipe))
                .Export(folder, arguments.GetRequiredValue(to).FullName, ProgressReport.OnConsole());
            FileInfo[] files = File.Exists(result) ? [new(result)] : new DirectoryInfo(result).GetFiles();
            double megabytes = files.Sum(file => file.Length) / 1e6;
            Console.Out.WriteLine(Invariant($"Exported {result}: {megabytes:F1} MB, in {watch.Elapsed.TotalSeconds:F0} s."));
        });
        return command;
    }
}
