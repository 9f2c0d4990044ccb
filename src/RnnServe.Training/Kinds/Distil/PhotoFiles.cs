using RnnServe.Training.Data;

namespace RnnServe.Training.Kinds.Distil;

/// <summary>Photos by path.</summary>
/// <param name="Train">To learn from, by file name.</param>
/// <param name="HeldOut">To validate with, in the order of their list.</param>
internal sealed record PhotoFiles(IReadOnlyList<string> Train, IReadOnlyList<string> HeldOut)
{
    private static readonly HashSet<string> Endings = new(StringComparer.OrdinalIgnoreCase) { ".jpg", ".jpeg", ".png", ".webp", ".gif" };

    /// <summary>Lists the folders' photos, and leaves those out that are held out.</summary>
    /// <exception cref="InvalidDataException">There is nothing to learn from, or nothing to validate with.</exception>
    public static PhotoFiles Find(PhotoSettings settings)
    {
        string[] all = [.. settings.Photos
            .SelectMany(folder => Directory.EnumerateFiles(folder))
            .Where(path => Endings.Contains(Path.GetExtension(path)))
            .OrderBy(path => Path.GetFileName(path), StringComparer.Ordinal)];
        string[] listed = [.. ParallelCorpus.ReadLines(settings.HeldOut).Select(line => line.Trim()).Where(line => line.Length > 0)];
        var heldOut = listed.ToHashSet(StringComparer.Ordinal);
        var validation = all.Where(path => heldOut.Contains(Path.GetFileName(path))).ToLookup(path => Path.GetFileName(path));
        string[] train = [.. all.Where(path => !heldOut.Contains(Path.GetFileName(path)))];
        if (train.Length == 0)
            throw new InvalidDataException($"No photo to learn from in {string.Join(", ", settings.Photos)}.");
        if (validation.Count == 0)
        {
            throw new InvalidDataException(
                $"None of the {listed.Length} photos that '{settings.HeldOut}' lists is in {string.Join(", ", settings.Photos)}.");
        }

        return new(train, [.. listed.Distinct().SelectMany(name => validation[name]).Take(settings.ValidationPhotos)]);
    }
}
