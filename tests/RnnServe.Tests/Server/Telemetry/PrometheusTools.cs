using System.Diagnostics;

namespace RnnServe.Tests.Server.Telemetry;

/// <summary>Prometheus and promtool as Debian's package "prometheus" has them.</summary>
internal static class PrometheusTools
{
    /// <summary>Skips the test where the package is not installed.</summary>
    public static void SkipUnlessInstalled() => Skip.Unless(
        ThisMachine.Find("promtool") is not null && ThisMachine.Find("prometheus") is not null, "needs promtool and prometheus, of the package prometheus");

    /// <summary>Runs promtool to its end.</summary>
    /// <param name="input">Its standard input.</param>
    /// <param name="arguments">Of the command line.</param>
    public static async Task<(int ExitCode, string Output)> PromtoolAsync(string input, params string[] arguments)
    {
        using var process = Start("promtool", arguments);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    /// <summary>Starts one of them.</summary>
    public static Process Start(string program, params string[] arguments) => Process.Start(new ProcessStartInfo(ThisMachine.Find(program)!, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
