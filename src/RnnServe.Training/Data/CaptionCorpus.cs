using RnnServe.Training.Metrics;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Data;

/// <summary>A photo and what people wrote about it.</summary>
/// <param name="Path">The photo's file.</param>
/// <param name="Captions">As written.</param>
internal sealed record CaptionedPhoto(string Path, IReadOnlyList<string> Captions);

/// <summary>Photos with their captions, from a file of captions and two lists of photos.</summary>
/// <param name="Train">Photos to learn from, in the list's order.</param>
/// <param name="Validation">Photos that are never learnt from.</param>
internal sealed record CaptionCorpus(IReadOnlyList<CaptionedPhoto> Train, IReadOnlyList<CaptionedPhoto> Validation)
{
    /// <summary>Reads the recipe's files.</summary>
    /// <exception cref="InvalidDataException">A line is no caption, a photo is in both lists, has no caption or no file.</exception>
    public static CaptionCorpus Read(CaptionDataSettings data)
    {
        var captions = ReadCaptions(data.Captions);
        var train = ReadPhotos(data.Train, data, captions);
        var validation = ReadPhotos(data.Validation, data, captions);
        var learnt = train.Select(p => p.Path).ToHashSet(StringComparer.Ordinal);
        return validation.FirstOrDefault(p => learnt.Contains(p.Path)) is { } both
            ? throw new InvalidDataException($"'{Path.GetFileName(both.Path)}' is in '{data.Train}' and in '{data.Validation}'.")
            : new(train, validation);
    }

    /// <summary>Lines of name#number, a tab and a caption; captions by the photo's name.</summary>
    /// <exception cref="InvalidDataException">A line has another form.</exception>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> ReadCaptions(string path)
    {
        var captions = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (line, number) in ParallelCorpus.ReadLines(path).Select((line, i) => (line, i + 1)))
        {
            int tab = line.IndexOf('\t', StringComparison.Ordinal);
            int hash = tab < 0 ? -1 : line.LastIndexOf('#', tab);
            if (hash <= 0)
                throw new InvalidDataException($"'{path}', line {number}: found '{line}', expected name#number, a tab and a caption.");

            string caption = line[(tab + 1)..].Trim();
            if (CaptionText.Normalise(caption).Length == 0)
                continue;
            captions.TryAdd(line[..hash], new List<string>());
            ((List<string>)captions[line[..hash]]).Add(caption);
        }

        return captions;
    }

    private static CaptionedPhoto[] ReadPhotos(
        string list, CaptionDataSettings data, IReadOnlyDictionary<string, IReadOnlyList<string>> captions)
    {
        CaptionedPhoto[] photos = [.. ParallelCorpus.ReadLines(list).Select(line => line.Trim()).Where(name => name.Length > 0).Select(name =>
            new CaptionedPhoto(
                Path.Combine(data.Images, name),
                captions.TryGetValue(name, out var found)
                    ? found
                    : throw new InvalidDataException($"'{name}' of '{list}' has no caption in '{data.Captions}'.")))];
        return photos.FirstOrDefault(p => !File.Exists(p.Path)) is { } missing
            ? throw new InvalidDataException($"'{list}' lists a photo that is not there: '{missing.Path}'.")
            : photos.Length > 0 ? photos : throw new InvalidDataException($"'{list}' lists no photo.");
    }
}
