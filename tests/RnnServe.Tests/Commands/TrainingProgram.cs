using System.Diagnostics;
using RnnServe.Training.Loop;

namespace RnnServe.Tests.Commands;

/// <summary>The training program as a process of its own.</summary>
internal static class TrainingProgram
{
    public static Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments) => RunInAsync("", arguments);

    /// <summary>Runs it in a folder.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunInAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Trainer).Assembly.Location, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }
}
