using RnnServe.Inference.Kinds.Classify;
using RnnServe.Tests.Bundles;
using RnnServe.Tests.Commands;

namespace RnnServe.Tests.Classify;

/// <summary><c>evaluate --labelled</c> with a bundle that answers, and with answers in a file.</summary>
public sealed class ClassifyEvaluationTests
{
    private static readonly string[] Texts = ["a bad cab.", "dad bed", "cab cab bad", "a a a"];

    [Fact]
    public async Task Answers_of_a_bundle_are_compared_with_the_labels_of_the_file()
    {
        using var folder = new TemporaryFolder();
        string bundle = TinyClassifyBundle.Create(folder.Path, "tiny");
        string[] answers = await AnswersAsync(bundle);
        await WriteAsync(folder, [answers[0], answers[1], answers[2], Other(answers[3])]);

        var (code, output, _) = await TrainingProgram.RunInAsync(
            folder.Path, "evaluate", "--labelled", "texts.tsv", "--model", bundle, "--output", "given.txt");

        Assert.Equal(0, code);
        Assert.Contains("texts.tsv: 4 texts, accuracy 75.00 %", output, StringComparison.Ordinal);
        Assert.Equal(answers, await File.ReadAllLinesAsync(Path.Combine(folder.Path, "given.txt")));
        (_, output, _) = await TrainingProgram.RunInAsync(folder.Path, "evaluate", "--labelled", "texts.tsv", "--hypotheses", "given.txt");
        Assert.Contains("texts.tsv: 4 texts, accuracy 75.00 %", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_label_that_the_model_never_gives_is_refused_until_it_is_said_what_it_stands_for()
    {
        using var folder = new TemporaryFolder();
        string bundle = TinyClassifyBundle.Create(folder.Path, "tiny");
        await WriteAsync(folder, ["0", "1", "0", "1"]);
        string[] command = ["evaluate", "--labelled", "texts.tsv", "--model", bundle];

        var (code, _, errors) = await TrainingProgram.RunInAsync(folder.Path, command);

        Assert.Equal(1, code);
        Assert.Contains(
            "'texts.tsv' has the label '0', which the model never gives: its labels are red, green, blue.", errors, StringComparison.Ordinal);
        Assert.Contains("--labels red=0", errors, StringComparison.Ordinal);
        (code, string output, _) = await TrainingProgram.RunInAsync(folder.Path, [.. command, "--labels", "red=0", "green=1"]);
        Assert.Equal(0, code);
        Assert.Contains("texts.tsv: 4 texts, accuracy", output, StringComparison.Ordinal);
    }

    private static async Task<string[]> AnswersAsync(string bundle)
    {
        await using var classifier = await Classifier.LoadAsync(bundle, new());
        return [.. (await classifier.ClassifyAsync(Texts, attention: false, default)).Select(answer => answer.Label)];
    }

    private static string Other(string label) => TinyClassifyBundle.Labels.First(other => other != label);

    private static Task WriteAsync(TemporaryFolder folder, string[] labels) =>
        File.WriteAllLinesAsync(Path.Combine(folder.Path, "texts.tsv"), labels.Zip(Texts, (label, text) => $"{label}\t{text}"));
}
