using RnnServe.Training.Data;
using RnnServe.Training.Kinds.Caption.Metrics;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>A photo and what people wrote about it.</summary>
/// <param name="Path">The photo's file.</param>
/// <param name="Captions">As written.</param>
internal sealed record CaptionedPhoto(string Path, IReadOnlyList<string> Captions);

/// <summary>Photos with their captions, from a file of captions and two lists of photos.</summary>
/// <param name="Train">Photos to learn from, in the list's order; without their captions that have no word.</param>
/// <param name="Validation">Photos that are never learnt from; all of their captions, as each counts as a reference.</param>
internal sealed record CaptionCorpus(IReadOnlyList<CaptionedPhoto> Train, IReadOnlyList<CaptionedPhoto> Validation)
{
    /// <summary>Reads the recipe's files.</summary>
    /// <exception cref="InvalidDataException">A line is no caption, a photo is in both lists, has no caption or no file.</exception>
    public static CaptionCorpus Read(CaptionDataSettings data)
    {
        var captions = ReadCaptions(data.Captions);
        var learnable = captions
            .Select(photo => (photo.Key, Captions: photo.Value.Where(caption => CaptionText.Normalise(caption).Length > 0).ToList()))
            .Where(photo => photo.Captions.Count > 0)
            .ToDictionary(photo => photo.Key, photo => (IReadOnlyList<string>)photo.Captions, StringComparer.Ordinal);
        var train = ReadPhotos(data.Train, data.Images, data.Captions, learnable);
        var validation = ReadPhotos(data.Validation, data.Images, data.Captions, captions);
        var learnt = train.Select(p => p.Path).ToHashSet(StringComparer.Ordinal);
        return validation.FirstOrDefault(p => learnt.Contains(p.Path)) is { } both
            ? throw new InvalidDataException($"'{Path.GetFileName(both.Path)}' is in '{data.Train}' and in '{data.Validation}'.")
            : new(train, validation);
    }

    /// <summary>Lines of name#number, a tab and a caption, which may have no word; captions by the photo's name.</summary>
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

            captions.TryAdd(line[..hash], new List<string>());
            ((List<string>)captions[line[..hash]]).Add(line[(tab + 1)..].Trim());
        }

        return captions;
    }

    /// <summary>The photos of one list.</summary>
    /// <param name="list">File of their names.</param>
    /// <param name="images">Folder of the photos.</param>
    /// <param name="written">File of the captions.</param>
    /// <exception cref="InvalidDataException">A photo has no caption or no file, or there is none.</exception>
    public static IReadOnlyList<CaptionedPhoto> ReadPhotos(string list, string images, string written) =>
        ReadPhotos(list, images, written, ReadCaptions(written));

    private static CaptionedPhoto[] ReadPhotos(
        string list, string images, string written, IReadOnlyDictionary<string, IReadOnlyList<string>> captions)
    {
        var names = ParallelCorpus.ReadLines(list).Select(line => line.Trim()).Where(name => name.Length > 0);
        CaptionedPhoto[] photos = [.. names.Select(name =>
            new CaptionedPhoto(
                Path.Combine(images, name),
                captions.TryGetValue(name, out var found)
                    ? found
                    : throw new InvalidDataException($"'{name}' of '{list}' has no caption in '{written}'.")))];
        return photos.FirstOrDefault(p => !File.Exists(p.Path)) is { } missing
            ? throw new InvalidDataException($"'{list}' lists a photo that is not there: '{missing.Path}'.")
            : photos.Length > 0 ? photos : throw new InvalidDataException($"'{list}' lists no photo.");
    }
}
