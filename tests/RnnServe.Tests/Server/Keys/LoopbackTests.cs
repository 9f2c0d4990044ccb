using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using RnnServe.Server.Keys;

namespace RnnServe.Tests.Server.Keys;

/// <summary>A server without keys is reached by this machine alone, unless it is told otherwise.</summary>
public sealed class LoopbackTests
{
    /// <summary>Another address of this machine: a server on 127.0.0.1 does not listen there, one on all addresses does.</summary>
    private static readonly IPAddress Elsewhere = IPAddress.Parse("127.0.0.2");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_keys_a_server_listens_on_loopback_unless_the_setting_opens_it(bool isOpen)
    {
        Skip.Unless(OperatingSystem.IsLinux(), "needs 127.0.0.2, which other systems do not have");
        using var models = new ModelFolder();
        int port = ThisMachine.FreePort(), grpc = ThisMachine.FreePort();
        using var server = new ServerProcess(
            "--Models:Folder", models.Path, "--urls", $"http://*:{port}",
            "--Keys:AllowAnonymous", isOpen ? "true" : "false",
            "--Doors:OpenInference", "true", "--Doors:GrpcPort", grpc.ToString(CultureInfo.InvariantCulture));
        await Waiting.UntilAsync(() => IsReachedAsync(IPAddress.Loopback, port));
        await Waiting.UntilAsync(() => IsReachedAsync(IPAddress.Loopback, grpc));

        Assert.Equal((isOpen, isOpen), (await IsReachedAsync(Elsewhere, port), await IsReachedAsync(Elsewhere, grpc)));
        server.Terminate();
        var (_, lines) = await server.ExitAsync();
        string[] said = [.. lines.Where(line => line.Contains("Keys:AllowAnonymous true lets everybody in", StringComparison.Ordinal))];
        Assert.Equal(isOpen ? 0 : 1, said.Length);
        Assert.All(said, line => Assert.Contains($"http://*:{port}", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_keys_a_server_listens_where_it_is_told()
    {
        Skip.Unless(OperatingSystem.IsLinux(), "needs 127.0.0.2, which other systems do not have");
        using var models = new ModelFolder();
        using var keys = new KeyRing();
        int port = ThisMachine.FreePort();
        using var server = new ServerProcess("--Models:Folder", models.Path, "--urls", $"http://0.0.0.0:{port}", "--Keys:File", keys.Path);

        await Waiting.UntilAsync(() => IsReachedAsync(Elsewhere, port));
    }

    [Theory]
    [InlineData("urls", "http://*:80;http://localhost:81", "urls", "http://127.0.0.1:80;http://localhost:81")]
    [InlineData("urls", "http://[::1]:80", "urls", "http://[::1]:80")]
    [InlineData("urls", "http://unix:/run/rnnserve.sock", "urls", "http://unix:/run/rnnserve.sock")]
    [InlineData("urls", "https://rnnserve.example:443/base", "urls", "https://127.0.0.1:443/base")]
    [InlineData("urls", "nonsense", "urls", "nonsense")]
    [InlineData("http_ports", "8080;8081", "urls", "http://127.0.0.1:8080;http://127.0.0.1:8081")]
    [InlineData("http_ports", "8080", "http_ports", "")]
    [InlineData("Kestrel:Endpoints:Inner:Url", "http://[::]:80", "Kestrel:Endpoints:Inner:Url", "http://127.0.0.1:80")]
    public void Every_way_to_configure_an_address_is_known(string setting, string value, string changed, string expected)
    {
        using var configuration = new ConfigurationManager();
        configuration[setting] = value;

        LoopbackOnly.Apply(configuration);

        Assert.Equal(expected, configuration[changed]);
    }

    private static async Task<bool> IsReachedAsync(IPAddress address, int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(address, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
