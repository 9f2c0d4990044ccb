using System.CommandLine;
using RnnServe.Inference.Bundles;
using RnnServe.Training.Export;

namespace RnnServe.Training.Commands;

/// <summary>canary: records what a bundle answers.</summary>
internal static class CanaryCommand
{
    private static readonly Argument<string> Bundle = new("bundle")
    {
        Description = "Folder of a model or of one version, such as models/multi30k-en-de.",
    };

    public static Command Create()
    {
        var command = new Command(
            "canary",
            "Record anew what a bundle answers to its canary in each precision, with the score: a server that gets anything else does not "
            + "serve it. For bundles whose graphs were changed on purpose.")
        {
            Bundle,
        };
        command.SetAction(arguments => Run(arguments.GetRequiredValue(Bundle)));
        return command;
    }

    private static void Run(string bundle)
    {
        var answers = CanaryRecorder.RecordAgain(BundleVersions.Find(bundle)).Answers!;
        foreach (string precision in PrecisionSet.Names)
        {
            if (answers.Of(precision) is { } answer)
                Console.Out.WriteLine(FormattableString.Invariant($"{precision}: '{answer.Text}', score {answer.Score}"));
        }
    }
}
