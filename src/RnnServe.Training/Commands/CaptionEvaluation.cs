using RnnServe.Training.Data;
using RnnServe.Training.Metrics;

namespace RnnServe.Training.Commands;

/// <summary>BLEU-1 to BLEU-4 and CIDEr-D of captions.</summary>
/// <param name="Captions">What people wrote: lines of name#number, a tab and a caption.</param>
/// <param name="Images">Folder of the photos; null where the captions to score are in a file.</param>
/// <param name="Split">Names of the photos to score, one a line; null for all that have captions.</param>
internal sealed record CaptionEvaluation(FileInfo Captions, DirectoryInfo? Images, FileInfo? Split)
{
    public async Task RunAsync(AnswerSource answers, CancellationToken stop)
    {
        var written = CaptionCorpus.ReadCaptions(Captions.FullName);
        string[] names = Split is null ? [.. written.Keys] : [.. ParallelCorpus.ReadLines(Split.FullName).Select(l => l.Trim()).Where(l => l.Length > 0)];
        if (names.Length == 0)
            throw new UserException("There is nothing to score: no photo is listed.");
        if (names.FirstOrDefault(name => !written.ContainsKey(name)) is { } unknown)
            throw new InvalidDataException($"'{unknown}' of '{Split}' has no caption in '{Captions}'.");

        OutputFile.Check(answers.Output);
        var captions = await CaptionsAsync(names, answers, stop);
        if (answers.Output is { } output)
            await File.WriteAllLinesAsync(output.FullName, names.Zip(captions, (name, caption) => $"{name}\t{caption}"), stop);
        IReadOnlyList<string>[] references = [.. names.Select(name => written[name])];
        Console.Out.WriteLine(CaptionMetrics.Score(captions, references));
        Console.Out.WriteLine(CaptionMetrics.Signature(references));
    }

    private async Task<IReadOnlyList<string>> CaptionsAsync(string[] names, AnswerSource answers, CancellationToken stop)
    {
        if (answers.Hypotheses is null == (answers.Model is null && answers.Server is null))
            throw new UserException("Give either --hypotheses, or --model or --server with --images.");
        if (answers.Hypotheses is { } file)
            return ReadHypotheses(file, names);

        string folder = Images?.FullName ?? throw new UserException("--images is missing: the folder of the photos.");
        string[] paths = [.. names.Select(name => Path.Combine(folder, name))];
        if (paths.FirstOrDefault(path => !File.Exists(path)) is { } missing)
            throw new FileNotFoundException($"There is no photo '{missing}'.");
        await using IImageCaptioner captioner = answers.Server is { } server
            ? new ServerCaptioner(ServerClient.Of(server), answers.Model, answers.Search)
            : await BundleCaptioner.LoadAsync(answers.Model!, answers.Search, stop);
        var captions = new List<string>();
        foreach (string[] chunk in paths.Chunk(captioner.PhotosPerCall))
        {
            var found = await captioner.CaptionAsync(chunk, stop);
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
