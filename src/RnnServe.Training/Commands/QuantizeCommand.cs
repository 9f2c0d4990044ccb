using System.CommandLine;
using RnnServe.Training.Data;
using RnnServe.Training.Export;

namespace RnnServe.Training.Commands;

/// <summary>quantize: gives a bundle an 8-bit decoder.</summary>
internal sealed class QuantizeCommand
{
    private readonly Argument<string> bundle = new("bundle") { Description = "Folder of a model or of one version, such as models/multi30k-en-de." };
    private readonly Option<DirectoryInfo> to = new("--to")
    {
        Description = "Folder of all bundles. Default: models.",
        DefaultValueFactory = _ => new DirectoryInfo("models"),
    };

    private readonly Option<FileInfo?> source = new("--source") { Description = "Translations: validation texts, one a line." };
    private readonly Option<FileInfo?> references = new("--references", "-r") { Description = "Translations: the right ones, one a line." };
    private readonly Option<FileInfo?> captions = new("--captions") { Description = "Captions: what people wrote, as for evaluate." };
    private readonly Option<DirectoryInfo?> images = new("--images") { Description = "Captions: folder of the validation photos." };
    private readonly Option<FileInfo?> split = new("--split") { Description = "Captions: names of the validation photos, one a line." };

    public Command Create()
    {
        var command = new Command(
            "quantize",
            "Make the next version of a bundle, whose decoder multiplies 8-bit numbers. Both precisions are measured on validation data; the "
            + "8-bit one becomes the default where it loses at most 0.3 BLEU.")
        {
            bundle, to, source, references, captions, images, split,
        };
        command.SetAction(Run);
        return command;
    }

    private void Run(ParseResult arguments)
    {
        var progress = ProgressReport.OnConsole();
        string folder = BundleSummary.FindVersion(arguments.GetRequiredValue(bundle));
        string name = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(folder)))!;
        var judge = Judge(arguments, progress);
        string made = BundleWriter.NextVersion(arguments.GetRequiredValue(to).FullName, name, partial =>
        {
            Directory.CreateDirectory(partial);
            foreach (var file in new DirectoryInfo(folder).EnumerateFiles())
                file.CopyTo(Path.Combine(partial, file.Name));
            if (!BundleQuantizer.Quantize(partial, judge, progress))
                throw new UserException($"'{folder}' has nothing to quantise: no product of its decoder has rows with a known bound.");
        });
        Console.Out.WriteLine($"Made {made}.");
    }

    private PrecisionJudge Judge(ParseResult arguments, ProgressReport progress)
    {
        if (arguments.GetValue(source) is { } texts && arguments.GetValue(references) is { } right)
            return new TranslationJudge(ParallelCorpus.Read([texts.FullName], [right.FullName]).Pairs, $"{texts.Name}, {right.Name}", progress);
        if (arguments.GetValue(captions) is not { } written || arguments.GetValue(images) is not { } folder || arguments.GetValue(split) is not { } list)
            throw new UserException("Give --source and --references for a translator, or --captions, --images and --split for captions.");

        return new CaptionJudge(CaptionCorpus.ReadPhotos(list.FullName, folder.FullName, written.FullName), list.Name, progress);
    }
}
