using System.Net.Sockets;
using RnnServe.Server.Settings;
using RnnServe.Tests.Bulk;

namespace RnnServe.Tests.Server;

/// <summary>What the operator can mend is said in a line, by the server and by the commands.</summary>
public sealed class StartFailureTests
{
    // The second is for documentation: no machine has it.
    [Theory]
    [InlineData("nonsense", "Invalid url: 'nonsense'")]
    [InlineData("http://192.0.2.1:0", "The server cannot listen on one of its addresses: ")]
    [InlineData("ftp://127.0.0.1:0", "Unrecognized scheme in server address 'ftp://127.0.0.1:0'.")]
    public async Task An_address_that_cannot_be_served_is_explained(string address, string explained)
    {
        using var server = new ServerProcess("--urls", address, "--Keys:AllowAnonymous", "true", "--Models:Folder", "no-such-folder");

        var (exit, lines) = await server.ExitAsync();

        Assert.Equal(1, exit);
        Assert.Single(lines, line => line.StartsWith($"RnnServe did not start: {explained}", StringComparison.Ordinal));
    }

    [Fact]
    public void A_port_that_only_others_may_have_is_explained()
    {
        var denied = new SocketException((int)SocketError.AccessDenied);
        var both = new IOException("Failed to bind to address http://localhost:80.", new AggregateException(denied, denied));

        Assert.Equal($"The server cannot listen on one of its addresses: {denied.Message}", StartFailure.Explain(denied));
        Assert.Equal($"Failed to bind to address http://localhost:80. {denied.Message}", StartFailure.Explain(both));
        Assert.Null(StartFailure.Explain(new SocketException((int)SocketError.ConnectionReset)));
    }

    [Theory]
    [InlineData("Limits__MaxTexts", "many", "translate --model nobody", "at 'Limits:MaxTexts'")]
    [InlineData("Models__WatchSeconds", "x", "models list", "at 'Models:WatchSeconds'")]
    [InlineData("Models__Canary", "10", "translate --model nobody", "Models:Canary has a value for each name")]
    [InlineData("Limits__MaxTexts", "0", "translate --model nobody --precision int9", "MaxTexts must be", "Precision must be fp32 or int8")]
    public async Task A_wrong_setting_ends_a_command_with_code_2_and_a_line(string name, string value, string command, params string[] said)
    {
        using var run = ProgramRun.WithEnvironment(name, value, command.Split(' '));

        var (exit, output, errors) = await run.EndAsync();

        Assert.Equal((2, ""), (exit, output));
        string line = Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("error: ", line, StringComparison.Ordinal);
        Assert.All(said, part => Assert.Contains(part, line, StringComparison.Ordinal));
    }
}
