using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace RnnServe.Tests.Server;

/// <summary>The server as a process of its own, as an operator starts it.</summary>
internal sealed partial class ServerProcess : IDisposable
{
    private const int Sigterm = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly List<string> lines = [];
    private readonly TaskCompletionSource<Uri> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ServerProcess(params ReadOnlySpan<string> arguments)
        : this(new DirectoryInfo(AppContext.BaseDirectory), arguments)
    {
    }

    /// <param name="program">Folder of the server's program; it is started there.</param>
    /// <param name="arguments">Of the command line.</param>
    public ServerProcess(DirectoryInfo program, params ReadOnlySpan<string> arguments)
        : this(program, program.FullName, arguments)
    {
    }

    /// <param name="program">Folder of the server's program.</param>
    /// <param name="workingFolder">Where it is started.</param>
    /// <param name="arguments">Of the command line.</param>
    public ServerProcess(DirectoryInfo program, string workingFolder, ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingFolder,
            ArgumentList = { System.IO.Path.Combine(program.FullName, "RnnServe.Server.dll"), "--urls", "http://127.0.0.1:0" },
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);

        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Bytes that the process has in memory now.</summary>
    public long Memory
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>Threads that the process has now.</summary>
    public int Threads
    {
        get
        {
            process.Refresh();
            return process.Threads.Count;
        }
    }

    /// <summary>The address from the line that the server prints for people.</summary>
    public Task<Uri> ListeningAsync() => listening.Task.WaitAsync(Patience);

    /// <summary>Waits until every model serves.</summary>
    public static async Task ReadyAsync(HttpClient client)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!(await client.GetAsync("/health/ready", patience.Token)).IsSuccessStatusCode)
            await Task.Delay(20, patience.Token);
    }

    /// <summary>Asks the process to stop, as a container engine does.</summary>
    public void Terminate() => Assert.Equal(0, Kill(process.Id, Sigterm));

    /// <summary>The exit code and everything that was printed.</summary>
    public async Task<(int ExitCode, IReadOnlyList<string> Lines)> ExitAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(patience.Token);
        lock (lines)
            return (process.ExitCode, [.. lines]);
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();

        process.Dispose();
    }

    private void Add(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
            return;

        lock (lines)
            lines.Add(line);

        if (Address().Match(line) is { Success: true } match)
            listening.TrySetResult(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{match.Groups[1].Value}")));
    }

    [GeneratedRegex(@"listens on http://127\.0\.0\.1:(\d+)")]
    private static partial Regex Address();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
