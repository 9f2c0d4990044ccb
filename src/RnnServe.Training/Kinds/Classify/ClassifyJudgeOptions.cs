using System.CommandLine;
using RnnServe.Training.Evaluation;
using RnnServe.Training.Export;
using RnnServe.Training.Loop;

namespace RnnServe.Training.Kinds.Classify;

/// <summary>Validation texts with their labels.</summary>
internal sealed class ClassifyJudgeOptions : IJudgeOptions
{
    private readonly LabelledOptions labelled = new();

    public IReadOnlyList<Option> Options => labelled.All;

    public string For => "a classifier";

    public PrecisionJudge Create(ParseResult arguments, ProgressReport progress) =>
        new ClassifyJudge([labelled.Read(arguments)], progress);
}
