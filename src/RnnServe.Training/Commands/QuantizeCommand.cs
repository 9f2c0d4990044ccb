using System.CommandLine;
using RnnServe.Training.Export;

namespace RnnServe.Training.Commands;

/// <summary>quantize: adds 8-bit graphs to a bundle.</summary>
internal static class QuantizeCommand
{
    public static Command Create()
    {
        var bundle = new Argument<string>("bundle") { Description = "Folder of a model or of one version, such as models/multi30k-en-de." };
        var to = new Option<DirectoryInfo>("--to")
        {
            Description = "Folder of all bundles. Default: models.",
            DefaultValueFactory = _ => new DirectoryInfo("models"),
        };
        var command = new Command("quantize", "Make the next version of a bundle, whose decoder multiplies 8-bit numbers.") { bundle, to };
        command.SetAction(arguments =>
        {
            string source = BundleSummary.FindVersion(arguments.GetRequiredValue(bundle));
            string result = BundleQuantizer.Quantize(source, arguments.GetRequiredValue(to).FullName, ProgressReport.OnConsole());
            Console.Out.WriteLine($"Made {result}.");
        });
        return command;
    }
}
