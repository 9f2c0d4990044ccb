using System.CommandLine;
using System.Diagnostics;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Training;

namespace RnnServe.Benchmarks;

/// <summary>builds: an earlier build of the programs beside this one, in one run, taking turns.</summary>
internal static class BuildsBenchmark
{
    private const int LoneSentences = 60, Captions = 60;

    private static readonly Option<DirectoryInfo> Before = new Option<DirectoryInfo>("--before")
    {
        Description = "A clone of the repository at an earlier commit, built with -c Release.",
        Required = true,
    }.AcceptExistingOnly();

    private static readonly Option<DirectoryInfo> Photos =
        new Option<DirectoryInfo>("--photos") { Description = "Folder of photos to caption.", Required = true }.AcceptExistingOnly();

    private static readonly Option<FileInfo?> Recipe = new("--recipe") { Description = "A recipe whose training step is measured too." };

    public static Command Create()
    {
        var rounds = CommonOptions.Rounds(5);
        var command = new Command("builds", "An earlier build beside this one: translations, captions, memory, start and training step.")
        {
            CommonOptions.Bundle, CommonOptions.Texts, Before, Photos, Recipe, rounds, CommonOptions.Take, CommonOptions.Output,
        };
        command.SetAction((arguments, stop) => RunAsync(arguments, arguments.GetValue(rounds), stop));
        return command;
    }

    private static async Task RunAsync(ParseResult arguments, int rounds, CancellationToken stop)
    {
        var bundle = BundleReader.Load(arguments.GetRequiredValue(CommonOptions.Bundle).FullName);
        var report = Report.Start("builds", bundle.Manifest.Name, arguments);
        string[] builds = [arguments.GetRequiredValue(Before).FullName, Build.This];
        var times = new BuildTimes(report, rounds);
        report.Say($"An earlier build (*before*) and this one (*now*), both served over HTTP, {bundle.Manifest.Graphs.Default}, beam 5. "
            + $"Medians (least to greatest) of {rounds} rounds in which both take turns; *ratio*: of how good they are, now to before, by round, "
            + "above 1 where now is better.");
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < builds.Length; i++)
                await ServeAsync(arguments, bundle, builds[i], (what, value) => times.Add(what, i, value), stop);
            if (arguments.GetValue(Recipe) is { } recipe)
            {
                for (int i = 0; i < builds.Length; i++)
                    times.Add(BuildTimes.TrainingStep, i, await Build.TrainingStepAsync(builds[i], recipe.FullName, stop));
            }
        }

        times.Write();
        report.Save();
    }

    private static async Task ServeAsync(
        ParseResult arguments, ModelBundle bundle, string build, Action<string, double> found, CancellationToken stop)
    {
        string[] sentences = arguments.Sentences();
        string models = Path.GetFullPath("../..", bundle.Folder), name = bundle.Manifest.Name;
        using var server = await ServerProcess.StartProgramAsync(Build.Program(build, "src", "RnnServe.Server"), models, "--Limits:ImageCacheBytes", "0");
        found(BuildTimes.Ready, server.StartTime.TotalSeconds);
        var all = HttpRequests.Texts(server.Client, TextRequests.Of(sentences, Math.Min(250, sentences.Length)), name, 5);
        var lone = HttpRequests.Texts(server.Client, TextRequests.Of(sentences, 1), name, 5);
        var photos = HttpRequests.Photos(server.Client, arguments.GetRequiredValue(Photos), null, 4);

        // The first pass is the warm-up: the runtime compiles its code in it.
        await AllAtOnceAsync(all, stop);
        await MedianAsync(lone, LoneSentences, stop);
        await MedianAsync(photos, Captions, stop);
        found(BuildTimes.Memory, server.Megabytes);
        found(BuildTimes.AllAtOnce, sentences.Length / await AllAtOnceAsync(all, stop));
        found(BuildTimes.Lone, await MedianAsync(lone, LoneSentences, stop));
        found(BuildTimes.Caption, await MedianAsync(photos, Captions, stop));
    }

    /// <summary>Seconds until all requests are answered that are sent at once.</summary>
    private static async Task<double> AllAtOnceAsync(HttpRequests requests, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        int[] statuses = await Task.WhenAll(Enumerable.Range(0, requests.Bodies.Count).Select(number => requests.AskAsync(number, stop)));
        return statuses.All(status => status == Load.Answered)
            ? Stopwatch.GetElapsedTime(start).TotalSeconds
            : throw new UserException($"The server answers {string.Join(", ", statuses.Distinct())}.");
    }

    /// <summary>Milliseconds of a request, the median of several that are sent one after the other.</summary>
    private static async Task<double> MedianAsync(HttpRequests requests, int count, CancellationToken stop)
    {
        double[] times = new double[count];
        for (int number = 0; number < count; number++)
        {
            long start = Stopwatch.GetTimestamp();
            if (await requests.AskAsync(number, stop) is not Load.Answered and var status)
                throw new UserException($"The server answers {status}.");
            times[number] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return Measured.Median(times);
    }
}
