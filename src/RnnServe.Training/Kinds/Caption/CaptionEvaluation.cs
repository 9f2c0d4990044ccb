using System.CommandLine;
using RnnServe.Training.Data;
using RnnServe.Training.Evaluation;
using RnnServe.Training.Kinds.Caption.Metrics;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>BLEU-1 to BLEU-4 and CIDEr-D of captions.</summary>
internal sealed class CaptionEvaluation : IEvaluation
{
    private readonly Option<FileInfo> captions = new("--captions")
    {
        Description = "Captions: what people wrote. Lines of name#number, a tab and a caption; several lines of a photo are its "
            + "references.",
    };

    private readonly Option<DirectoryInfo?> images = new("--images")
    {
        Description = "Captions: folder of the photos to caption and score; needs --model or --server.",
    };

    private readonly Option<FileInfo?> split = new("--split")
    {
        Description = "Captions: names of the photos to score, one a line. Default: all photos of --captions.",
    };

    public IReadOnlyList<Option> Options => [captions, images, split];

    public string Answers => "Captions";

    public string Form => "lines of a photo's name, a tab and a caption";

    public string Measure => "BLEU-1 to BLEU-4 and CIDEr-D as coco-caption does";

    public async Task RunAsync(ParseResult arguments, AnswerSource answers, CancellationToken stop)
    {
        var (file, list) = (arguments.GetRequiredValue(captions), arguments.GetValue(split));
        var written = CaptionCorpus.ReadCaptions(file.FullName);
        string[] names = list is null
            ? [.. written.Keys]
            : [.. ParallelCorpus.ReadLines(list.FullName).Select(l => l.Trim()).Where(l => l.Length > 0)];
        if (names.Length == 0)
            throw new UserException("There is nothing to score: no photo is listed.");
        if (names.FirstOrDefault(name => !written.ContainsKey(name)) is { } unknown)
            throw new InvalidDataException($"'{unknown}' of '{list}' has no caption in '{file}'.");

        OutputFile.Check(answers.Output);
        var found = await CaptionsAsync(names, arguments.GetValue(images), answers, stop);
        if (answers.Output is { } output)
            await File.WriteAllLinesAsync(output.FullName, names.Zip(found, (name, caption) => $"{name}\t{caption}"), stop);
        IReadOnlyList<string>[] references = [.. names.Select(name => written[name])];
        Console.Out.WriteLine(CaptionMetrics.Score(found, references));
        Console.Out.WriteLine(CaptionMetrics.Signature(references));
    }

    private static async Task<IReadOnlyList<string>> CaptionsAsync(
        string[] names, DirectoryInfo? images, AnswerSource answers, CancellationToken stop)
    {
        if (answers.Hypotheses is null == (answers.Model is null && answers.Server is null))
            throw new UserException("Give either --hypotheses, or --model or --server with --images.");
        if (answers.Hypotheses is { } file)
            return ReadHypotheses(file, names);

        string folder = images?.FullName ?? throw new UserException("--images is missing: the folder of the photos.");
        string[] paths = [.. names.Select(name => Path.Combine(folder, name))];
        if (paths.FirstOrDefault(path => !File.Exists(path)) is { } missing)
            throw new FileNotFoundException($"There is no photo '{missing}'.");
        await using IAnswerer captioner = answers.Server is { } server
            ? new ServerCaptioner(ServerClient.Of(server), answers.Model, answers.Search)
            : await BundleCaptioner.LoadAsync(answers.Model!, answers.Search, stop);
        var captions = new List<string>();
        foreach (string[] chunk in paths.Chunk(answers.Server is null ? BundleCaptioner.PhotosPerCall : ServerCaptioner.PhotosPerCall))
        {
            var found = await captioner.AnswerAsync(chunk, stop);
            captions.AddRange(found.Select(caption => caption.ReplaceLineEndings(" ")));
            AnswerProgress.Report(captions.Count, names.Length);
        }

        return captions;
    }

    /// <summary>Lines of name, a tab and a caption, in any order: what --output writes.</summary>
    private static string[] ReadHypotheses(FileInfo file, string[] names)
    {
        var captions = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (line, number) in ParallelCorpus.ReadLines(file.FullName).Select((line, i) => (line, i + 1)))
        {
            int tab = line.IndexOf('\t', StringComparison.Ordinal);
            if (tab <= 0 || !captions.TryAdd(line[..tab], line[(tab + 1)..]))
            {
                string wrong = tab <= 0 ? "expected a photo's name, a tab and a caption" : $"'{line[..tab]}' was there before";
                throw new InvalidDataException($"'{file}', line {number}: {wrong}.");
            }
        }

        return [.. names.Select(name => captions.TryGetValue(name, out string? caption)
            ? caption
            : throw new InvalidDataException($"'{file}' has no caption of '{name}'."))];
    }
}
