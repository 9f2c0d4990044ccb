using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using RnnServe.Training;

namespace RnnServe.Benchmarks;

/// <summary>The programs of a built clone of the repository.</summary>
internal static partial class Build
{
    /// <summary>The repository that this program was built in.</summary>
    public static string This
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RnnServe.sln")))
                folder = folder.Parent;
            return folder?.FullName ?? throw new UserException("The programs are looked for in the repository: run this command from its build there.");
        }
    }

    /// <summary>A program's Release build, whatever the folders below are called.</summary>
    /// <param name="repository">The clone.</param>
    /// <param name="project">Its project's folder, part by part; the last part is the program's name.</param>
    public static string Program(string repository, params string[] project)
    {
        string release = Path.Combine([repository, .. project, "bin", "Release"]);
        return (Directory.Exists(release) ? Directory.GetFiles(release, project[^1] + ".dll", SearchOption.AllDirectories) : [])
            .OrderByDescending(File.GetLastWriteTimeUtc).FirstOrDefault()
            ?? throw new UserException($"'{release}' has no {project[^1]}.dll: build it with -c Release first.");
    }

    /// <summary>Milliseconds of a training step, the median that the build's own benchmark reports.</summary>
    public static async Task<double> TrainingStepAsync(string repository, string recipe, CancellationToken stop)
    {
        string program = Program(repository, "tests", "RnnServe.Benchmarks");
        var start = new ProcessStartInfo("dotnet", [program, "training", recipe]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        string report = await process.StandardOutput.ReadToEndAsync(stop);
        var step = StepRow().Match(report);
        return step.Success
            ? double.Parse(step.Groups[1].Value, NumberStyles.Number, CultureInfo.InvariantCulture)
            : throw new UserException($"'{program}' reports no training step.");
    }

    [GeneratedRegex(@"\| \*\*a step\*\* \| ([\d,.]+)")]
    private static partial Regex StepRow();
}
