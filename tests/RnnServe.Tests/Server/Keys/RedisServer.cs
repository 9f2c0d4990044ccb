using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace RnnServe.Tests.Server.Keys;

/// <summary>A real Redis on a port of its own, which keeps nothing on the disk.</summary>
internal sealed class RedisServer : IDisposable
{
    private const string Program = "/usr/bin/redis-server";

    private readonly Process process;

    private RedisServer(Process process, int port) => (this.process, Port) = (process, port);

    public int Port { get; }

    /// <summary>Starts one; without the program the test is skipped.</summary>
    public static async Task<RedisServer> StartAsync()
    {
        Skip.Unless(File.Exists(Program), $"needs '{Program}' (Debian: apt-get install redis-server), which is not here");
        int port = ThisMachine.FreePort();
        string text = port.ToString(CultureInfo.InvariantCulture);
        var process = Process.Start(new ProcessStartInfo(Program, ["--port", text, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
        {
            RedirectStandardOutput = true,
        })!;
        var server = new RedisServer(process, port);
        try
        {
            await Waiting.UntilAsync(server.AnswersAsync);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Leaves connections open and answers nothing.</summary>
    public void Pause() => Signal("-STOP");

    public void Resume() => Signal("-CONT");

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
    }

    private void Signal(string signal)
    {
        using var kill = Process.Start("kill", [signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port);
            await client.GetStream().WriteAsync("PING\r\n"u8.ToArray());
            byte[] answer = new byte[7];
            await client.GetStream().ReadExactlyAsync(answer);
            return "+PONG\r\n"u8.SequenceEqual(answer);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }
}
