using System.CommandLine;

namespace RnnServe.Training.Commands;

/// <summary>evaluate: scores of files, of a bundle in this process, or of a running server.</summary>
internal sealed class EvaluateCommand
{
    private readonly Option<FileInfo[]> references = new("--references", "-r")
    {
        Description = "Translations: the right ones. One file, or several with one reference each. Plain or .gz, one sentence a line.",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<FileInfo?> source = new("--source")
    {
        Description = "Translations: texts to translate and score, one a line; needs --model or --server.",
    };

    private readonly Option<bool> lowerCase = new("--lowercase", "-lc") { Description = "Translations: ignore case." };
    private readonly Option<FileInfo?> captions = new("--captions")
    {
        Description = "Captions: what people wrote. Lines of name#number, a tab and a caption; several lines of a photo are its references.",
    };

    private readonly Option<DirectoryInfo?> images = new("--images")
    {
        Description = "Captions: folder of the photos to caption and score; needs --model or --server.",
    };

    private readonly Option<FileInfo?> split = new("--split")
    {
        Description = "Captions: names of the photos to score, one a line. Default: all photos of --captions.",
    };

    private readonly Option<FileInfo?> hypotheses = new("--hypotheses")
    {
        Description = "Answers to score. Translations: one a line. Captions: lines of a photo's name, a tab and a caption.",
    };

    private readonly Option<string?> model = new("--model", "-m")
    {
        Description = "Folder of a bundle to answer with; with --server, the name of a model.",
    };

    private readonly Option<string?> server = new("--server") { Description = "Address of a running server, such as http://localhost:8080." };
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
        var command = new Command(
            "evaluate",
            "Score a file of answers or a model: translations by BLEU as sacreBLEU does (--references), captions by BLEU-1 to BLEU-4 and "
            + "CIDEr-D as coco-caption does (--captions).")
        {
            references, source, lowerCase, captions, images, split, hypotheses, model, server, beam, lengthPenalty, precision, output,
        };
        precision.AcceptOnlyFromAmong("fp32", "int8");
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
        if (arguments.GetValue(captions) is { } written)
        {
            Refuse(arguments, "--captions", references, source, lowerCase);
            return new CaptionEvaluation(written, arguments.GetValue(images), arguments.GetValue(split)).RunAsync(answers, stop);
        }

        if (arguments.GetValue(references) is not { Length: > 0 } right)
            throw new UserException("Give --references to score translations, or --captions to score captions.");
        Refuse(arguments, "--references", images, split);
        return new TextEvaluation(right, arguments.GetValue(source), arguments.GetValue(lowerCase)).RunAsync(answers, stop);
    }

    private static void Refuse(ParseResult arguments, string given, params Option[] others)
    {
        if (others.FirstOrDefault(option => arguments.GetResult(option) is { Implicit: false }) is { } wrong)
            throw new UserException($"{wrong.Name} does not go with {given}.");
    }
}
