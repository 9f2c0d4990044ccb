namespace RnnServe.Training.Kinds.Classify;

/// <summary>Texts that are measured, each with its one right label.</summary>
/// <param name="Name">Name of their file.</param>
/// <param name="Labels">All labels.</param>
/// <param name="Texts">The texts.</param>
/// <param name="Right">Name of each text's label.</param>
internal sealed record LabelledSet(string Name, IReadOnlyList<string> Labels, IReadOnlyList<string> Texts, IReadOnlyList<string> Right)
{
    /// <summary>Reads whole texts; those with none of the labels, or with two, are left out.</summary>
    /// <param name="path">As <see cref="LabelledCorpus"/> reads it.</param>
    /// <param name="labels">Which values are which label; empty where each value is a label itself.</param>
    /// <param name="words">What is taken of plain texts.</param>
    /// <exception cref="UserException">No text is left.</exception>
    /// <exception cref="InvalidDataException">A line is not as it should be.</exception>
    public static LabelledSet Read(string path, IReadOnlyList<LabelSettings> labels, WordRun words)
    {
        var texts = LabelledCorpus.Read(path, phrases: false, words);
        if (labels.Count == 0)
        {
            var values = texts.Select(text => text.Value).Distinct().Order(StringComparer.Ordinal);
            labels = [.. values.Select(value => new LabelSettings { Name = value })];
        }

        var read = texts
            .Select(text => (text.Text, Labels: labels.Where(label => label.Values.Contains(text.Value)).ToList()))
            .Where(text => text.Labels.Count == 1 && !string.IsNullOrWhiteSpace(text.Text))
            .ToList();
        return read.Count == 0
            ? throw new UserException($"'{path}' has no text with one of the labels.")
            : new(
                Path.GetFileName(path),
                [.. labels.Select(label => label.Name)],
                [.. read.Select(text => text.Text)],
                [.. read.Select(text => text.Labels[0].Name)]);
    }

    /// <summary>Compares labels that were given with the right ones.</summary>
    /// <param name="given">A name for each text; one that is none of the labels gets a row and a column too.</param>
    public Confusion Compare(IReadOnlyList<string> given)
    {
        List<string> names = [.. Labels.Union(given)];
        return Confusion.Count(names, Right.Zip(given, (right, found) => (names.IndexOf(right), names.IndexOf(found))));
    }
}
