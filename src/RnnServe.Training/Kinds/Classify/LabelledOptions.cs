using System.CommandLine;

namespace RnnServe.Training.Kinds.Classify;

/// <summary>The options that name texts to measure a classifier on.</summary>
internal sealed class LabelledOptions
{
    private readonly Option<FileInfo> file = new("--labelled")
    {
        Description = "Classifications: texts with their labels, one a line: a label, a tab and a text, or a tree. Plain or .gz.",
    };

    private readonly Option<string[]> labels = new("--labels")
    {
        Description = "Classifications: the labels, with what stands for them in the file: negative=0,1 positive=3,4.",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<int> words = new("--words")
    {
        Description = "Classifications: runs of so many words of each text, where a label is in braces: val.{de|en}.gz.",
    };

    public IReadOnlyList<Option> All => [file, labels, words];

    /// <exception cref="UserException">The file has no text with one of the labels.</exception>
    public LabelledSet Read(ParseResult arguments)
    {
        int count = arguments.GetValue(words);
        return LabelledSet.Read(
            arguments.GetRequiredValue(file).FullName, [.. (arguments.GetValue(labels) ?? []).Select(Label)], new(count, count));
    }

    private static LabelSettings Label(string text) => text.Split('=', 2) is [var name, var values]
        ? new() { Name = name, Values = values.Split(',') }
        : new() { Name = text };
}
