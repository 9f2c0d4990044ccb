using System.Diagnostics;

namespace RnnServe.Tests.Bulk;

/// <summary>The server's program, started for work from the command line.</summary>
internal sealed class ProgramRun : IDisposable
{
    private readonly Process process;
    private readonly Task<string> output;
    private readonly Task<string> errors;

    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "RnnServe.Server.dll");

    /// <param name="input">Its standard input.</param>
    /// <param name="arguments">Of the command line.</param>
    public ProgramRun(string input, params ReadOnlySpan<string> arguments)
        : this(input, new ProcessStartInfo("dotnet") { ArgumentList = { Program } }, arguments)
    {
    }

    private ProgramRun(string input, ProcessStartInfo start, ReadOnlySpan<string> arguments)
    {
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        process = Process.Start(start)!;
        (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.StandardInput.Write(input);
        process.StandardInput.Close();
    }

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => process.HasExited;

    /// <summary>Starts it with a file for its standard input, as a shell does.</summary>
    public static ProgramRun WithFile(string file, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo("sh") { ArgumentList = { "-c", "f=$1; shift; exec dotnet \"$@\" < \"$f\"", "sh", file, Program } };
        return new ProgramRun("", start, arguments);
    }

    /// <summary>Starts it by a line of a shell, in which "$@" is the program with its arguments.</summary>
    public static ProgramRun InShell(string line, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo("bash") { ArgumentList = { "-c", line, "bash", "dotnet", Program } };
        return new ProgramRun("", start, arguments);
    }

    /// <summary>Starts it with a variable of its environment, or without one that there is.</summary>
    public static ProgramRun WithEnvironment(string name, string? value, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet") { ArgumentList = { Program } };
        start.Environment[name] = value;
        return new ProgramRun("", start, arguments);
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string input, params string[] arguments)
    {
        using var run = new ProgramRun(input, arguments);
        return await run.EndAsync();
    }

    /// <summary>What it printed, once it has ended.</summary>
    public async Task<(int ExitCode, string Output, string Errors)> EndAsync()
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Kills it, which it cannot notice (SIGKILL).</summary>
    public void Kill() => process.Kill();

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
    }
}
