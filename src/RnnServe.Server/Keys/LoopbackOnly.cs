using System.Net;

namespace RnnServe.Server.Keys;

/// <summary>A server that asks nobody for a key listens to this machine alone, unless it is told otherwise.</summary>
/// <param name="refused">Addresses of the configuration that others could reach; the same ports of 127.0.0.1 take their place.</param>
internal sealed partial class LoopbackOnly(IReadOnlyList<string> refused)
{
    private const string Urls = "urls", Endpoints = "Kestrel:Endpoints";

    private static readonly (string Setting, string Scheme)[] Ports = [("http_ports", "http"), ("https_ports", "https")];

    /// <summary>Changes such addresses in the configuration.</summary>
    public static LoopbackOnly Apply(IConfigurationManager configuration)
    {
        var refused = new List<string>();
        var changes = new Dictionary<string, string?>();
        string[] addresses = Split(configuration[Urls]);
        if (addresses.Length == 0)
            addresses = [.. Ports.SelectMany(one => Split(configuration[one.Setting]).Select(port => $"{one.Scheme}://*:{port}"))];
        string[] local = [.. addresses.Select(address => OnLoopback(address, refused)).Distinct()];
        if (refused.Count > 0)
        {
            changes[Urls] = string.Join(';', local);
            foreach (var (setting, _) in Ports)
                changes[setting] = "";      // they would be said to be overridden
        }

        foreach (var endpoint in configuration.GetSection(Endpoints).GetChildren())
        {
            if (endpoint["Url"] is { Length: > 0 } url)
                changes[$"{endpoint.Path}:Url"] = OnLoopback(url, refused);
        }

        if (refused.Count > 0)
            configuration.AddInMemoryCollection(changes);
        return new(refused);
    }

    /// <summary>Says what was changed, and how to have it otherwise.</summary>
    public void Warn(ILogger logger)
    {
        if (refused.Count > 0)
            LogRefused(logger, string.Join(", ", refused));
    }

    private static string[] Split(string? list) =>
        list?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static string OnLoopback(string text, List<string> refused)
    {
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(text);
        }
        catch (FormatException)
        {
            return text;        // Kestrel says what is wrong with it
        }

        bool isLocal = address.IsUnixPipe || address.IsNamedPipe || address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(address.Host, out var ip) && IPAddress.IsLoopback(ip));
        if (isLocal)
            return text;
        refused.Add(text);
        return string.Create(CultureInfo.InvariantCulture, $"{address.Scheme}://{IPAddress.Loopback}:{address.Port}{address.PathBase}");
    }

    [LoggerMessage(
        EventId = 24,
        Level = LogLevel.Warning,
        Message = "There are no keys, so the server listens on 127.0.0.1 in the place of {Addresses}: only this machine reaches it. "
            + "Keys:File gives it keys; Keys:AllowAnonymous true lets everybody in.")]
    private static partial void LogRefused(ILogger logger, string addresses);
}
