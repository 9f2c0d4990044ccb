using System.CommandLine;
using RnnServe.Server.Bulk;
using RnnServe.Server.Http;

namespace RnnServe.Server.Keys;

/// <summary><c>RnnServe.Server keys add|list|revoke</c>: changes the file of keys, which a running server reads again at once.</summary>
internal static class KeyCommands
{
    private static readonly Option<string?> File = new("--file", "-f")
    {
        Description = "The file of keys. Default: the setting Keys:File.",
        Recursive = true,
    };

    /// <param name="scopes">All that a key may have.</param>
    public static Command Create(IEnumerable<string> scopes) => new("keys", "Adds, lists and revokes the keys that callers need.")
    {
        File, new KeyAddition(scopes).Command, List(), Revoke(),
    };

    /// <summary>The file that a command is for.</summary>
    /// <exception cref="BulkException">None is named.</exception>
    public static string PathOf(ParseResult arguments)
    {
        string? path = arguments.GetValue(File) ?? Host.CreateApplicationBuilder().Configuration["Keys:File"];
        return string.IsNullOrEmpty(path) ? throw new BulkException("--file is missing, and there is no setting Keys:File.") : path;
    }

    private static Command List()
    {
        var command = new Command("list", "Lists the keys; their secrets are nowhere.");
        command.SetAction(arguments =>
        {
            var keys = KeyFile.Parse(System.IO.File.ReadAllBytes(PathOf(arguments)));
            Console.WriteLine("ID\tNAME\tSCOPES\tPRIORITY\tA MINUTE\tCREATED\tEXPIRES");
            foreach (var key in keys)
                Console.WriteLine(Line(key));
        });
        return command;
    }

    private static Command Revoke()
    {
        var id = new Argument<string>("ID") { Description = "The key's identifier, as 'keys list' shows it." };
        var command = new Command("revoke", "Takes a key out of the file: running servers refuse it within a second.") { id };
        command.SetAction(arguments =>
        {
            string wanted = arguments.GetRequiredValue(id);
            string path = PathOf(arguments);
            KeyFile.Change(path, keys =>
            {
                if (keys.RemoveAll(key => key.Id == wanted) == 0)
                    throw new BulkException($"There is no key {Refusals.Quote(wanted)} in '{path}'; 'keys list' shows those there are.");
            });
            Console.Error.WriteLine($"Revoked {wanted}.");
        });
        return command;
    }

    private static string Line(KeyEntry key)
    {
        string[] quotas = [.. key.Quotas?.Limits.Select(one => $"{one.Limit} {one.Unit.ToString().ToLowerInvariant()}") ?? []];
        string limits = quotas.Length == 0 ? "unlimited" : string.Join(", ", quotas);
        string expires = key.Expires is { } end ? Time(end) : "never";
        return string.Join('\t', key.Id, key.Name, string.Join(' ', key.Scopes), key.Priority, limits, Time(key.Created), expires);

        static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mmZ", CultureInfo.InvariantCulture);
    }
}
