using System.CommandLine;

namespace RnnServe.Training.Commands;

/// <summary>inspect: says what a bundle or a graph contains.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("path") { Description = "A bundle's folder (of the model or of one version), or an .onnx file." };
        var command = new Command("inspect", "Show what a bundle or an ONNX graph contains: tensors, operators, weights, files, scores.") { path };
        command.SetAction(arguments =>
        {
            string found = arguments.GetRequiredValue(path);
            if (!Path.Exists(found))
                throw new UserException($"There is no file or folder '{found}'.");

            foreach (string line in Directory.Exists(found) ? BundleSummary.Describe(found) : GraphSummary.Describe(found))
                Console.Out.WriteLine(line);
        });
        return command;
    }
}
