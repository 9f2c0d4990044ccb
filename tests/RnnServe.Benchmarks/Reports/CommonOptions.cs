using System.CommandLine;
using RnnServe.Training;
using RnnServe.Training.Data;

namespace RnnServe.Benchmarks;

/// <summary>Arguments and options that several commands have.</summary>
internal static class CommonOptions
{
    /// <summary>Where a report is saved.</summary>
    public static readonly Option<DirectoryInfo?> Output = new("--output", "-o")
    {
        Description = "Folder for the report, as Markdown, and its pictures; tests/RnnServe.Benchmarks/results has those that are claimed.",
    };

    public static readonly Argument<DirectoryInfo> Bundle = new Argument<DirectoryInfo>("bundle")
    {
        Description = "Folder of a model's version, such as models/multi30k-en-de/1.",
    }.AcceptExistingOnly();

    public static readonly Argument<FileInfo> Texts =
        new Argument<FileInfo>("texts") { Description = "Sentences, one a line, plain or .gz." }.AcceptExistingOnly();

    public static readonly Option<int?> Take = new("--take") { Description = "Only the first sentences: to try a command out." };

    public static readonly Option<int> Threads = new("--threads")
    {
        Description = "Threads of the graph's operators.",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    public static Option<int> Rounds(int usual) => new("--rounds")
    {
        Description = "How often everything is measured; what is compared takes turns, and medians are compared.",
        DefaultValueFactory = _ => usual,
    };

    public static Option<double> Seconds(double usual) => new("--seconds")
    {
        Description = "How long each measurement lasts; before it as long, at most a second, warms up.",
        DefaultValueFactory = _ => usual,
    };

    public static Option<int> Beam(int usual) => new("--beam")
    {
        Description = "Hypotheses kept; 1 is greedy.",
        DefaultValueFactory = _ => usual,
    };

    /// <summary>The sentences that a command is given.</summary>
    public static string[] Sentences(this ParseResult arguments)
    {
        string path = arguments.GetRequiredValue(Texts).FullName;
        var all = ParallelCorpus.ReadLines(path).Where(line => !string.IsNullOrWhiteSpace(line));
        string[] taken = [.. all.Take(arguments.GetValue(Take) ?? int.MaxValue)];
        return taken.Length > 0 ? taken : throw new UserException($"'{path}' has no sentence.");
    }
}
