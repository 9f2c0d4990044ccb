using System.Diagnostics;
using System.Net;
using System.Runtime.Versioning;
using RnnServe.Server.Keys;
using RnnServe.Tests.Bulk;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Server.Keys;

/// <summary>The file of keys: written by commands, read by a running server.</summary>
public sealed class KeyFileTests
{
    [Fact]
    public async Task A_running_server_learns_of_new_and_of_revoked_keys()
    {
        using var models = new ModelFolder();
        using var keys = new KeyRing();
        string revoked = keys.Add("translate"), kept = keys.Add("translate");
        await using var server = new RunningServer(models.Path, keys.Setting);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, revoked));

        keys.Revoke(revoked);
        await UntilAsync(server, revoked, HttpStatusCode.Unauthorized);
        string added = keys.Add("translate");
        await UntilAsync(server, added, HttpStatusCode.OK);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, kept));
        // Three looks at the file in a second leave time for one that is missed.
        Assert.True(KeyStore.Interval * 3 < TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData("{ \"keys\": [")]
    [InlineData("{ \"keys\": [], \"keyz\": [] }")]
    [InlineData("{ \"keys\": [null] }")]
    [InlineData(null)]
    public async Task A_file_that_cannot_be_read_changes_nothing_and_is_said_once(string? content)
    {
        using var models = new ModelFolder();
        using var keys = new KeyRing();
        string key = keys.Add("translate");
        string whole = await File.ReadAllTextAsync(keys.Path);
        await using var server = new RunningServer(models.Path, keys.Setting);

        if (content is null)
        {
            File.Delete(keys.Path);
        }
        else
        {
            // In one moment: half of a file would be another complaint.
            await File.WriteAllTextAsync(keys.Path + ".new", content);
            File.Move(keys.Path + ".new", keys.Path, overwrite: true);
        }

        await Waiting.UntilAsync(() => Complaints(server) > 0);
        await Task.Delay(3 * KeyStore.Interval);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, key));
        Assert.Equal(1, Complaints(server));
        await File.WriteAllTextAsync(keys.Path, whole);
        keys.Revoke(key);
        await UntilAsync(server, key, HttpStatusCode.Unauthorized);
    }

    [Fact, UnsupportedOSPlatform("windows")]
    public void Who_may_read_the_file_still_may_after_a_change_and_a_missing_folder_is_made()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs the modes of Unix");
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "keys", "keys.json");

        KeyFile.Change(path, _ => { });
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        const UnixFileMode Shared = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        File.SetUnixFileMode(path, Shared);
        KeyFile.Change(path, _ => { });

        Assert.Equal(Shared, File.GetUnixFileMode(path));
    }

    [Fact]
    public void A_change_leaves_the_file_to_its_owner_and_a_link_where_it_is()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "needs Linux, and a user who may give files away");
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "keys.json"), link = Path.Combine(folder.Path, "link.json");
        KeyFile.Change(path, _ => { });
        Run("chown", "1234:5678", path);
        File.CreateSymbolicLink(link, path);

        KeyFile.Change(link, keys => keys.Add(KeyText.Create(KeyRing.Empty).Entry));

        Assert.Equal("1234:5678", Run("stat", "-c", "%u:%g", path).Trim());
        Assert.NotNull(new FileInfo(link).LinkTarget);
        Assert.Single(KeyFile.Parse(File.ReadAllBytes(path)));

        static string Run(string program, params string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            return output;
        }
    }

    [Fact]
    public async Task The_commands_add_list_and_revoke()
    {
        using var keys = new KeyRing();
        File.Delete(keys.Path);

        var (exit, key, said) = await ProgramRun.RunAsync(
            "", "keys", "add", "--file", keys.Path, "--name", "Ann's laptop", "--scope", "translate", "caption", "--priority", "bulk",
            "--requests", "60", "--characters", "1000", "--expires", "2999-01-31");
        Assert.True(exit == 0, said);
        Assert.Matches("^rnn_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}\n$", key);
        string file = await File.ReadAllTextAsync(keys.Path), secret = key.Trim().Split('_')[2];
        Assert.DoesNotContain(secret, file + said, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(keys.Path));

        var (_, list, _) = await ProgramRun.RunAsync("", "keys", "list", "--file", keys.Path);
        string line = list.TrimEnd('\n').Split('\n')[1];
        Assert.StartsWith(
            $"{KeyRing.IdOf(key)}\tAnn's laptop\ttranslate caption\tbulk\t60 requests, 1000 characters\t", line, StringComparison.Ordinal);
        Assert.EndsWith("\t2999-01-31T00:00Z", line, StringComparison.Ordinal);

        var (revoked, _, _) = await ProgramRun.RunAsync("", "keys", "revoke", KeyRing.IdOf(key), "-f", keys.Path);
        Assert.Equal(0, revoked);
        Assert.Empty(KeyFile.Parse(await File.ReadAllBytesAsync(keys.Path)));
        var (again, _, fault) = await ProgramRun.RunAsync("", "keys", "revoke", KeyRing.IdOf(key), "-f", keys.Path);
        Assert.Equal((2, true), (again, fault.Contains("There is no key", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("--scope is 'translat', but must be of translate, caption, classify, admin, metrics; the nearest is translate.", "--scope", "translat")]
    [InlineData("--requests is 0, but must be 1 to 2147483647.", "--scope", "translate", "--requests", "0")]
    [InlineData("--expires is 2001-01-01 00:00:00Z, which is over.", "--scope", "translate", "--expires", "2001-01-01")]
    public async Task A_key_that_cannot_be_is_refused_in_one_line(string message, params string[] arguments)
    {
        using var keys = new KeyRing();

        var (exit, output, errors) = await ProgramRun.RunAsync("", ["keys", "add", "-f", keys.Path, "--name", "a", .. arguments]);

        Assert.Equal((2, "", $"error: {message}\n"), (exit, output, errors));
    }

    [Fact]
    public async Task Of_many_changes_at_the_same_time_none_is_lost()
    {
        using var keys = new KeyRing();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 10; i++)
                keys.Add("translate");
        })));

        Assert.Equal(40, KeyFile.Parse(await File.ReadAllBytesAsync(keys.Path)).Count);
    }

    [Theory]
    [InlineData("--Keys:File=no-such-file.json", "Keys:File cannot be used: Could not find file")]
    [InlineData("--Keys:Fil=keys.json", "Keys:Fil is not a setting; the nearest is Keys:File.")]
    [InlineData("--Keys:Authority=https://id.example", "Authority needs Audience")]
    [InlineData("--Keys:Authority=http://id.example", "Authority is 'http://id.example', but must be an https address")]
    [InlineData("--Keys:Redis=localhost", "Redis needs File: keys have quotas.")]
    public async Task A_wrong_setting_stops_the_start_in_one_line(string setting, string named)
    {
        using var server = new ServerProcess(setting);

        var (exit, lines) = await server.ExitAsync();

        Assert.Equal(1, exit);
        Assert.Contains(named, Assert.Single(lines), StringComparison.Ordinal);
        Assert.StartsWith("RnnServe did not start:", lines[0], StringComparison.Ordinal);
    }

    private static int Complaints(RunningServer server) =>
        server.Logs.Count(line => line.Contains("The file of keys cannot be read", StringComparison.Ordinal));

    private static async Task<HttpStatusCode> StatusAsync(RunningServer server, string key)
    {
        using var answer = await server.Client.GetAsync(key, "/v1/models");
        return answer.StatusCode;
    }

    private static Task UntilAsync(RunningServer server, string key, HttpStatusCode status) =>
        Waiting.UntilAsync(async () => await StatusAsync(server, key) == status);
}
