using System.CommandLine;
using RnnServe.Inference;
using RnnServe.Server.Bulk;
using RnnServe.Server.Http;

namespace RnnServe.Server.Keys;

/// <summary><c>keys add</c>: makes a key and prints it, once.</summary>
internal sealed class KeyAddition
{
    private const int LongestName = 100;

    private readonly string[] known;

    private readonly Option<string> name = new("--name")
    {
        Description = "Whose key it is, 1 to 100 characters, for people.",
        Required = true,
    };

    private readonly Option<string[]> scopes;

    private readonly Option<string> priority = new("--priority")
    {
        Description = $"{Caller.Interactive}: somebody waits for the answers; {Caller.Bulk}: others come first.",
        DefaultValueFactory = _ => Caller.Interactive,
    };

    private readonly Option<int?> requests = Quota("--requests", "Most requests a minute.");
    private readonly Option<int?> characters = Quota("--characters", "Most characters (UTF-16) of texts a minute.");
    private readonly Option<int?> images = Quota("--images", "Most images a minute.");

    private readonly Option<DateTimeOffset?> expires = new("--expires")
    {
        Description = "When it stops to be valid, such as 2030-12-31 or 2030-12-31T12:00Z. Default: never.",
        CustomParser = result => DateTimeOffset.TryParse(
            result.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : Wrong(result, $"--expires is '{result.Tokens[0].Value}', but must be a time such as 2030-12-31 or 2030-12-31T12:00Z."),
    };

    public KeyAddition(IEnumerable<string> known)
    {
        this.known = [.. known];
        scopes = new("--scope")
        {
            Description = $"What it is for: {string.Join(", ", this.known)}; several are possible.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        Command = new("add", "Makes a key and prints it: nobody can read it again.")
        {
            name, scopes, priority, requests, characters, images, expires,
        };
        Command.SetAction(Add);
    }

    public Command Command { get; }

    private void Add(ParseResult arguments)
    {
        string path = KeyCommands.PathOf(arguments);
        var (text, entry) = KeyText.Create(new()
        {
            Id = "",
            Salt = [],
            Hash = [],
            Name = Name(arguments.GetRequiredValue(name)),
            Scopes = [.. arguments.GetRequiredValue(scopes).Distinct().Select(Scope)],
            Priority = Priority(arguments.GetRequiredValue(priority)),
            Quotas = Quotas(arguments),
            Created = DateTimeOffset.UtcNow,
            Expires = Future(arguments.GetValue(expires)),
        });
        KeyFile.Change(path, keys => keys.Add(entry));
        Console.Error.WriteLine($"Added {entry.Id} to '{path}'. The key is shown only now:");
        Console.WriteLine(text);
    }

    private KeyQuotas? Quotas(ParseResult arguments)
    {
        var quotas = new KeyQuotas
        {
            Requests = arguments.GetValue(requests),
            Characters = arguments.GetValue(characters),
            Images = arguments.GetValue(images),
        };
        foreach (var (unit, limit) in quotas.Limits.Where(one => one.Limit < 1))
            throw new BulkException($"--{unit.ToString().ToLowerInvariant()} is {limit}, but must be 1 to {int.MaxValue}.");
        return quotas.Limits.Any() ? quotas : null;
    }

    private string Scope(string scope) => known.Contains(scope, StringComparer.Ordinal)
        ? scope
        : throw new BulkException(
            $"--scope is {Refusals.Quote(scope)}, but must be of {string.Join(", ", known)}; "
            + $"the nearest is {NearestName.Of(scope, known)}.");

    private static string Name(string name) => name.Length is > 0 and <= LongestName && !name.Any(char.IsControl)
        ? name
        : throw new BulkException($"--name must have 1 to {LongestName} characters, without tabs and line breaks.");

    private static string Priority(string priority) => priority is Caller.Interactive or Caller.Bulk
        ? priority
        : throw new BulkException($"--priority is {Refusals.Quote(priority)}, but must be {Caller.Interactive} or {Caller.Bulk}.");

    private static DateTimeOffset? Future(DateTimeOffset? time) => time is null || time > DateTimeOffset.UtcNow
        ? time
        : throw new BulkException($"--expires is {time:u}, which is over.");

    private static Option<int?> Quota(string option, string description) =>
        new(option) { Description = $"{description} Default: any number." };

    private static DateTimeOffset? Wrong(System.CommandLine.Parsing.ArgumentResult result, string message)
    {
        result.AddError(message);
        return null;
    }
}
