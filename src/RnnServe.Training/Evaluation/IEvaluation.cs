using System.CommandLine;

namespace RnnServe.Training.Evaluation;

/// <summary>How evaluate scores the answers of one kind of model. Made for one command line.</summary>
internal interface IEvaluation
{
    /// <summary>Options of this kind alone; the first says that it is meant.</summary>
    IReadOnlyList<Option> Options { get; }

    /// <summary>What is scored, as a plural that begins a sentence.</summary>
    string Answers { get; }

    /// <summary>The form of a file of answers.</summary>
    string Form { get; }

    /// <summary>What the answers are scored by.</summary>
    string Measure { get; }

    /// <summary>Gets the answers and prints their score.</summary>
    Task RunAsync(ParseResult arguments, AnswerSource source, CancellationToken stop);
}
