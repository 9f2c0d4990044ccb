using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using RnnServe.Training;

namespace RnnServe.Benchmarks;

/// <summary>The server as it is built, in a process of its own, on a port of its own.</summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2), Pause = TimeSpan.FromMilliseconds(5);

    private readonly Process process;

    private ServerProcess(Process process, HttpClient client, TimeSpan start) => (this.process, Client, StartTime) = (process, client, start);

    /// <summary>Asks this server.</summary>
    public HttpClient Client { get; }

    /// <summary>From the process's start until every model was loaded and had answered its canary.</summary>
    public TimeSpan StartTime { get; }

    /// <summary>Physical memory of the process, in millions of bytes.</summary>
    public double Megabytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64 / 1e6;
        }
    }

    /// <summary>Starts the server of this build and waits until it is ready.</summary>
    /// <param name="models">Folder of its models.</param>
    /// <param name="settings">As on its command line: "--Batching:Workers", "1".</param>
    /// <exception cref="UserException">It is not built, or does not become ready.</exception>
    public static Task<ServerProcess> StartAsync(string models, params string[] settings) =>
        StartProgramAsync(Build.Program(Build.This, "src", "RnnServe.Server"), models, settings);

    /// <summary>Starts a server of any build.</summary>
    /// <inheritdoc cref="StartAsync"/>
    /// <param name="program">RnnServe.Server.dll.</param>
    public static async Task<ServerProcess> StartProgramAsync(string program, string models, params string[] settings)
    {
        string address = $"http://127.0.0.1:{FreePort()}";
        var start = new ProcessStartInfo("dotnet", [program, "--urls", address, "--Models:Folder", Path.GetFullPath(models), .. settings])
        {
            WorkingDirectory = Path.GetDirectoryName(program),
            // What it says is for people; its settings must not come from this terminal.
            RedirectStandardOutput = true,
            Environment = { ["ASPNETCORE_ENVIRONMENT"] = "Production" },
        };
        long since = Stopwatch.GetTimestamp();
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var server = new ServerProcess(process, HttpRequests.Connect(address), await ReadyAsync(process, address, since));
        return server;
    }

    public void Dispose()
    {
        Client.Dispose();
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    private static async Task<TimeSpan> ReadyAsync(Process process, string address, long since)
    {
        using var client = new HttpClient();
        var health = new Uri($"{address}/health/ready");
        while (!process.HasExited && Stopwatch.GetElapsedTime(since) < Patience)
        {
            try
            {
                using var answer = await client.GetAsync(health);
                if (answer.IsSuccessStatusCode)
                    return Stopwatch.GetElapsedTime(since);
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(Pause);
        }

        if (!process.HasExited)
            process.Kill();
        throw new UserException("The server did not become ready; its messages are above.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
