using System.CommandLine;
using RnnServe.Inference.Kinds;
using RnnServe.Training.Evaluation;
using RnnServe.Training.Export;
using RnnServe.Training.Kinds;
using RnnServe.Training.Loop;

namespace RnnServe.Training.Commands;

/// <summary>quantize: gives a bundle an 8-bit decoder.</summary>
internal sealed class QuantizeCommand
{
    private readonly Argument<string> bundle = new("bundle")
    {
        Description = "Folder of a model or of one version, such as models/multi30k-en-de.",
    };

    private readonly Option<DirectoryInfo> to = new("--to")
    {
        Description = "Folder of all bundles. Default: models.",
        DefaultValueFactory = _ => new DirectoryInfo("models"),
    };

    private readonly (IBundleKind Kind, IJudgeOptions Options)[] kinds =
        [.. TrainingKinds.WithBundles.Select(kind => (kind, kind.CreateJudgeOptions()))];

    public Command Create()
    {
        var command = new Command(
            "quantize",
            "Make the next version of a bundle, whose decoder multiplies 8-bit numbers. Both precisions are measured on validation data; "
            + "the 8-bit one becomes the default where it loses at most 0.3 BLEU.")
        {
            bundle, to,
        };
        foreach (var option in kinds.SelectMany(kind => kind.Options.Options))
            command.Add(option);
        command.SetAction(Run);
        return command;
    }

    private void Run(ParseResult arguments)
    {
        var progress = ProgressReport.OnConsole();
        string folder = BundleVersions.Find(arguments.GetRequiredValue(bundle));
        var manifest = BundleReader.Load(folder).Manifest;
        var judge = Judge(arguments, manifest.Task, progress);
        string made = BundleVersions.Next(arguments.GetRequiredValue(to).FullName, manifest.Name, partial =>
        {
            Directory.CreateDirectory(partial);
            foreach (var file in new DirectoryInfo(folder).EnumerateFiles())
                file.CopyTo(Path.Combine(partial, file.Name));
            if (!BundleQuantizer.Quantize(partial, judge, progress))
                throw new UserException($"'{folder}' has nothing to quantise: no product of its decoder has rows with a known bound.");
        });
        Console.Out.WriteLine($"Made {made}.");
    }

    private PrecisionJudge Judge(ParseResult arguments, string task, ProgressReport progress)
    {
        var (kind, options) = kinds.FirstOrDefault(
            kind => kind.Options.Options.All(option => arguments.GetResult(option) is { Implicit: false }));
        string wanted = string.Join(", or ", kinds.Select(kind => $"{Names(kind.Options.Options)} for {kind.Options.For}"));
        return kind?.Task == task
            ? options.Create(arguments, progress)
            : throw new UserException(kind is null ? $"Give {wanted}." : $"The bundle's task is '{task}': give {wanted}.");
    }

    private static string Names(IReadOnlyList<Option> options) =>
        $"{string.Join(", ", options.SkipLast(1).Select(option => option.Name))} and {options[^1].Name}";
}
