using System.CommandLine;
using RnnServe.Training.Kinds;

namespace RnnServe.Training.Commands;

/// <summary>inspect: says what a bundle or a graph contains, or draws where a model looks.</summary>
internal sealed class InspectCommand
{
    private readonly Argument<string?> path = new("path")
    {
        Description = "A bundle's folder (of the model or of one version), or an .onnx file.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> attention = new("--attention")
    {
        Description = $"A {string.Join(", or a ", TrainingKinds.WithBundles.Select(kind => kind.Attended).Reverse())}: "
            + "draws where the model of --model looked for each word.",
    };

    private readonly Option<string?> model = new("--model", "-m") { Description = "With --attention: folder of the bundle that answers." };
    private readonly Option<int?> beam = new("--beam")
    {
        Description = "With --attention: hypotheses kept, 1 to 16. Default: the bundle's.",
    };

    private readonly Option<FileInfo> output = new("--output", "-o")
    {
        Description = "With --attention: file for the picture.",
        DefaultValueFactory = _ => new FileInfo("attention.svg"),
    };

    public Command Create()
    {
        var command = new Command(
            "inspect",
            "Show what a bundle or an ONNX graph contains: tensors, operators, weights, files, scores. With --attention draw where a "
            + "model looks.")
        {
            path, attention, model, beam, output,
        };
        command.SetAction(async (arguments, stop) =>
        {
            await RunAsync(arguments, stop);
            return 0;
        });
        return command;
    }

    private async Task RunAsync(ParseResult arguments, CancellationToken stop)
    {
        string? found = arguments.GetValue(path), input = arguments.GetValue(attention);
        if (found is null == input is null)
            throw new UserException("Give either a bundle's folder or an .onnx file, or --attention with a photo or a text.");
        if (found is not null)
        {
            Describe(found);
            return;
        }

        string bundle = arguments.GetValue(model) ?? throw new UserException("--attention needs --model with a bundle's folder.");
        var picture = await AttentionPicture.DrawAsync(input!, bundle, arguments.GetValue(beam), stop);
        var file = arguments.GetRequiredValue(output);
        await File.WriteAllTextAsync(file.FullName, picture.Svg, stop);
        Console.Out.WriteLine(picture.Answer);
        Console.Out.WriteLine($"attention: {file.FullName}");
    }

    private static void Describe(string found)
    {
        if (!Path.Exists(found))
            throw new UserException($"There is no file or folder '{found}'.");

        foreach (string line in Directory.Exists(found) ? BundleSummary.Describe(found) : GraphSummary.Describe(found))
            Console.Out.WriteLine(line);
    }
}
