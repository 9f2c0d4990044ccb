using System.Text;

namespace RnnServe.Training.Data;

/// <summary>Two sentences that belong together, as text.</summary>
internal readonly record struct SentencePair(string Source, string Target);

/// <summary>Pairs of sentences from files that are aligned by line.</summary>
/// <param name="Pairs">The pairs, in the files' order.</param>
/// <param name="Empty">Lines that were left out because one side is empty.</param>
internal sealed record ParallelCorpus(IReadOnlyList<SentencePair> Pairs, int Empty)
{
    /// <summary>Reads pairs of files, plain or gzip (by the ending .gz), UTF-8, one sentence a line.</summary>
    /// <exception cref="InvalidDataException">The lists or the files have different lengths, or a file is not UTF-8.</exception>
    public static ParallelCorpus Read(IReadOnlyList<string> sources, IReadOnlyList<string> targets)
    {
        if (sources.Count != targets.Count)
            throw new InvalidDataException($"There are {sources.Count} source files but {targets.Count} target files: each needs its "
                + "partner.");

        var pairs = new List<SentencePair>();
        int empty = 0;
        foreach (var (source, target) in sources.Zip(targets))
            empty += Append(pairs, source, target);
        return new ParallelCorpus(pairs, empty);
    }

    /// <summary>The lines of one file, plain or gzip. Only a line feed ends a line: other separators occur within sentences.</summary>
    /// <exception cref="InvalidDataException">The file is not UTF-8, or not gzip from its first byte to its last.</exception>
    public static IReadOnlyList<string> ReadLines(string path)
    {
        try
        {
            using Stream stream = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? GzipFile.Read(path) : File.OpenRead(path);
            using var reader = new StreamReader(
                stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
            string[] lines = reader.ReadToEnd().Split('\n');
            return lines[^1].Length == 0 ? lines[..^1] : lines;
        }
        catch (Exception error) when (error is DecoderFallbackException or InvalidDataException)
        {
            throw new InvalidDataException($"'{path}' cannot be read as text: {error.Message}", error);
        }
    }

    private static int Append(List<SentencePair> pairs, string source, string target)
    {
        var (sources, targets) = (ReadLines(source), ReadLines(target));
        if (sources.Count != targets.Count)
        {
            throw new InvalidDataException(
                $"'{source}' has {sources.Count} lines but '{target}' has {targets.Count}: the files are not aligned.");
        }

        int before = pairs.Count;
        for (int i = 0; i < sources.Count; i++)
        {
            if (!string.IsNullOrWhiteSpace(sources[i]) && !string.IsNullOrWhiteSpace(targets[i]))
                pairs.Add(new SentencePair(sources[i].Trim(), targets[i].Trim()));
        }

        return sources.Count - (pairs.Count - before);
    }
}
