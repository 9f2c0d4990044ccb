using System.CommandLine;
using RnnServe.Training.Evaluation;
using RnnServe.Training.Kinds;

namespace RnnServe.Training.Commands;

/// <summary>evaluate: scores of files, of a bundle in this process, or of a running server.</summary>
internal sealed class EvaluateCommand
{
    private readonly IEvaluation[] kinds = [.. TrainingKinds.WithBundles.Select(kind => kind.CreateEvaluation())];
    private readonly Option<FileInfo?> hypotheses = new("--hypotheses");
    private readonly Option<string?> model = new("--model", "-m")
    {
        Description = "Folder of a bundle to answer with; with --server, the name of a model.",
    };

    private readonly Option<string?> server = new("--server")
    {
        Description = "Address of a running server, such as http://localhost:8080.",
    };

    private readonly Option<int?> beam = new("--beam") { Description = "Hypotheses kept per sentence, 1 to 16. Default: the bundle's." };
    private readonly Option<float?> lengthPenalty = new("--length-penalty")
    {
        Description = "Strength of the length penalty, 0 to 2. Default: the bundle's.",
    };

    private readonly Option<string?> precision = new("--precision")
    {
        Description = "Graphs of the bundle, fp32 or int8. Default: the bundle's. A server has its own setting.",
    };

    private readonly Option<FileInfo?> output = new("--output", "-o") { Description = "File for the answers, as --hypotheses reads it." };

    public Command Create()
    {
        string measures = string.Join(
            ", ", kinds.Select(kind => $"{kind.Answers.ToLowerInvariant()} by {kind.Measure} ({kind.Options[0].Name})"));
        hypotheses.Description = string.Join(' ', kinds.Select(kind => $"{kind.Answers}: {kind.Form}.").Prepend("Answers to score."));
        var command = new Command("evaluate", $"Score a file of answers or a model: {measures}.");
        precision.AcceptOnlyFromAmong("fp32", "int8");
        Option[] shared = [hypotheses, model, server, beam, lengthPenalty, precision, output];
        foreach (var option in kinds.SelectMany(kind => kind.Options).Concat(shared))
            command.Add(option);
        command.SetAction(async (arguments, stop) =>
        {
            await RunAsync(arguments, stop);
            return 0;
        });
        return command;
    }

    private Task RunAsync(ParseResult arguments, CancellationToken stop)
    {
        var answers = new AnswerSource(
            arguments.GetValue(hypotheses),
            arguments.GetValue(model),
            arguments.GetValue(server),
            new SearchSettings(arguments.GetValue(beam), arguments.GetValue(lengthPenalty), arguments.GetValue(precision)),
            arguments.GetValue(output));
        string ways = string.Join(", or ", kinds.Select(kind => $"{kind.Options[0].Name} to score {kind.Answers.ToLowerInvariant()}"));
        var meant = kinds.LastOrDefault(kind => IsGiven(kind.Options[0])) ?? throw new UserException($"Give {ways}.");
        if (kinds.Where(kind => kind != meant).SelectMany(kind => kind.Options).FirstOrDefault(IsGiven) is { } wrong)
            throw new UserException($"{wrong.Name} does not go with {meant.Options[0].Name}.");
        return meant.RunAsync(arguments, answers, stop);

        bool IsGiven(Option option) => arguments.GetResult(option) is { Implicit: false };
    }
}
