using System.CommandLine;
using RnnServe.Training.Data;
using RnnServe.Training.Evaluation;

namespace RnnServe.Training.Kinds.Classify;

/// <summary>Accuracy, F1 and confusion of classifications.</summary>
internal sealed class ClassifyEvaluation : IEvaluation
{
    private readonly LabelledOptions labelled = new();

    public IReadOnlyList<Option> Options => labelled.All;

    public string Answers => "Classifications";

    public string Form => "one label a line";

    public string Measure => "accuracy and F1";

    public async Task RunAsync(ParseResult arguments, AnswerSource answers, CancellationToken stop)
    {
        if (answers.Server is not null || answers.Hypotheses is null == answers.Model is null)
            throw new UserException("--labelled needs either --hypotheses, or --model with a bundle's folder.");
        var set = labelled.Read(arguments);
        OutputFile.Check(answers.Output);

        var given = answers.Hypotheses is { } file
            ? [.. ParallelCorpus.ReadLines(file.FullName).Select(line => line.Trim())]
            : await BundleClassifier.LabelsAsync(answers.Model!, set, answers.Search.Precision, stop);
        if (given.Count != set.Texts.Count)
            throw new UserException($"There are {given.Count} classifications but {set.Texts.Count} texts.");
        if (answers.Output is { } output)
            await File.WriteAllLinesAsync(output.FullName, given, stop);
        var confusion = set.Compare(given);
        Console.Out.WriteLine($"{set.Name}: {ConfusionReport.Summary(confusion)}");
        Console.Out.WriteLine(ConfusionReport.Table(confusion));
    }
}
