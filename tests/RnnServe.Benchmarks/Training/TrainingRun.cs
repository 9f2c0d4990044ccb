using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using RnnServe.Training;

namespace RnnServe.Benchmarks;

/// <summary>The first steps of a training by a build's own trainer.</summary>
/// <param name="StepsPerSecond">Behind the first steps, in which memory is laid out.</param>
/// <param name="PeakBytes">Most memory that the process had.</param>
internal sealed record TrainingRun(double StepsPerSecond, long PeakBytes)
{
    /// <summary>The trainer writes a line to its log every ten steps.</summary>
    private const int StepsPerLine = 10, WarmUpLines = 2;

    /// <summary>Trains so many steps and kills the trainer.</summary>
    /// <param name="repository">A clone, built with -c Release.</param>
    /// <param name="recipe">What to train.</param>
    /// <param name="steps">How many, a multiple of ten above twenty.</param>
    /// <param name="stop">Ends the run.</param>
    public static async Task<TrainingRun> StartAsync(string repository, string recipe, int steps, CancellationToken stop)
    {
        var folder = Directory.CreateTempSubdirectory("rnnserve-trainings-");
        string program = Build.Program(repository, "src", "RnnServe.Training");
        var start = new ProcessStartInfo("dotnet", [program, "train", recipe]) { WorkingDirectory = folder.FullName, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        try
        {
            _ = process.StandardOutput.ReadToEndAsync(stop);
            var times = new List<DateTimeOffset>();
            for (long peak = 0; ; peak = Math.Max(peak, Resident(process)))
            {
                times = [.. Times(folder)];
                if (times.Count * StepsPerLine >= steps)
                    return new(Rate(times), peak);
                if (process.HasExited)
                    throw new UserException($"'{program}' ended after {times.Count * StepsPerLine} steps.");
                await Task.Delay(100, stop);
            }
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            folder.Delete(recursive: true);
        }
    }

    private static double Rate(List<DateTimeOffset> times) =>
        (times.Count - 1 - WarmUpLines) * StepsPerLine / (times[^1] - times[WarmUpLines]).TotalSeconds;

    private static long Resident(Process process)
    {
        process.Refresh();
        return process.HasExited ? 0 : process.WorkingSet64;
    }

    private static IEnumerable<DateTimeOffset> Times(DirectoryInfo folder)
    {
        var log = folder.GetFiles("log.jsonl", SearchOption.AllDirectories).FirstOrDefault();
        if (log is null)
            yield break;
        using var reader = new StreamReader(log.Open(FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (reader.ReadLine() is { } line && line.EndsWith('}'))
        {
            using var entry = JsonDocument.Parse(line);
            yield return DateTimeOffset.Parse(entry.RootElement.GetProperty("time").GetString()!, CultureInfo.InvariantCulture);
        }
    }
}
