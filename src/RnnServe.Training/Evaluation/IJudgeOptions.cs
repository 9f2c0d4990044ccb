using System.CommandLine;
using RnnServe.Training.Export;
using RnnServe.Training.Loop;

namespace RnnServe.Training.Evaluation;

/// <summary>The options by which quantize is told what to measure one kind of model on. Made for one command line.</summary>
internal interface IJudgeOptions
{
    /// <summary>All of them are needed.</summary>
    IReadOnlyList<Option> Options { get; }

    /// <summary>What they are for, with its article if it has one.</summary>
    string For { get; }

    PrecisionJudge Create(ParseResult arguments, ProgressReport progress);
}
