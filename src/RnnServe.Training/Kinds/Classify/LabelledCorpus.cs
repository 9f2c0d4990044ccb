using RnnServe.Training.Data;

namespace RnnServe.Training.Kinds.Classify;

/// <summary>A text and what the data say of it.</summary>
/// <param name="Text">As people write it.</param>
/// <param name="Value">A label, or the number of a tree's node.</param>
/// <param name="IsPhrase">Whether it is a part of a tree, not a whole one.</param>
internal readonly record struct LabelledText(string Text, string Value, bool IsPhrase);

/// <summary>Reads files of labelled texts.</summary>
internal static class LabelledCorpus
{
    /// <summary>The texts of a file, in its order; of a tree the whole comes first, then, where they are wanted, its parts.</summary>
    /// <param name="path">Plain or gzip, UTF-8; each line is a label, a tab and a text, or a tree. With several labels in braces,
    /// <c>train.{de|en}.gz</c>, a file for each of them, whose lines are texts.</param>
    /// <param name="phrases">Whether the parts of trees are wanted.</param>
    /// <param name="words">What is taken of the lines that are texts.</param>
    /// <exception cref="InvalidDataException">A line is neither; the message begins with file and line.</exception>
    public static IReadOnlyList<LabelledText> Read(string path, bool phrases, WordRun words)
    {
        var (open, close) = (path.IndexOf('{', StringComparison.Ordinal), path.IndexOf('}', StringComparison.Ordinal));
        if (open < 0 || close < open)
            return ReadLabelled(path, phrases);
        var (before, labels, behind) = (path[..open], path[(open + 1)..close].Split('|'), path[(close + 1)..]);
        return [.. labels.SelectMany(label => ReadTexts(before + label + behind, label, words))];
    }

    private static IEnumerable<LabelledText> ReadTexts(string path, string label, WordRun words) => ParallelCorpus.ReadLines(path)
        .Select((line, number) => words.Of(line.Trim(), number))
        .Where(text => !string.IsNullOrEmpty(text))
        .Select(text => new LabelledText(text!, label, IsPhrase: false));

    private static List<LabelledText> ReadLabelled(string path, bool phrases)
    {
        var texts = new List<LabelledText>();
        var lines = ParallelCorpus.ReadLines(path);
        for (int i = 0; i < lines.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i]))
                continue;
            try
            {
                Append(texts, lines[i], phrases);
            }
            catch (FormatException error)
            {
                throw new InvalidDataException($"'{path}', line {i + 1}: {error.Message}", error);
            }
        }

        return texts;
    }

    private static void Append(List<LabelledText> texts, string line, bool phrases)
    {
        if (line.Split('\t', 2) is [var value, var text])
        {
            texts.Add(new(text.Trim(), value.Trim(), IsPhrase: false));
            return;
        }

        int first = texts.Count;
        texts.AddRange(LabelledTree.Nodes(line.Trim()).Take(phrases ? int.MaxValue : 1)
            .Select((node, i) => new LabelledText(PennText.Join(node.Tokens), node.Value, IsPhrase: i > 0)));
        if (texts.Count == first)
            throw new FormatException("found neither a label, a tab and a text, nor a tree.");
    }
}
