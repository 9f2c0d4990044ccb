using System.Net;
using System.Net.Sockets;

namespace RnnServe.Tests;

/// <summary>What tests ask of the machine that they run on.</summary>
internal static class ThisMachine
{
    /// <summary>A port that nobody listens on now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The file of a program on PATH; null where there is none.</summary>
    public static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => ((string[])["", ".exe", ".cmd"]).Select(ending => Path.Combine(folder, program + ending)))
        .FirstOrDefault(File.Exists);
}
