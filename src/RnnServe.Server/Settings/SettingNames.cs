using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using RnnServe.Inference;

namespace RnnServe.Server.Settings;

/// <summary>Refuses sections of the configuration that no option has; <see cref="KnownSettings{TOptions}"/> sees only what is in one of
/// ours.</summary>
/// <remarks>Source by source: in the whole the framework's variables have lost the prefix that tells them from misspelt settings.</remarks>
internal static class SettingNames
{
    /// <summary>What ASP.NET Core reads from the same sources.</summary>
    private static readonly string[] OfFramework =
    [
        "Logging", "AllowedHosts", "Kestrel", "Metrics", "Authentication", "ConnectionStrings", "$schema",
        "urls", "http_ports", "https_ports", "https_port", "preferHostingUrls", "forwardedHeaders_enabled",
        "environment", "contentRoot", "webroot", "applicationName", "startupAssembly", "staticWebAssets", "hostBuilder",
        "shutdownTimeoutSeconds", "suppressStatusMessages", "detailedErrors", "captureStartupErrors", "preventHostingStartup",
    ];

    /// <summary>How more such names begin; those of the last are set where a test finds the server.</summary>
    private static readonly string[] BeginningsOfFramework = ["hostingStartup", "OTEL_", "TEST_CONTENTROOT_"];

    /// <summary>By which a variable may differ from a setting and still be meant for it.</summary>
    private const int MostEdits = 2;

    private static readonly string[] Names = [.. SettingsReference.All().Select(setting => setting.Name)];

    /// <summary>The names in each section.</summary>
    private static readonly ILookup<string, string> Sections =
        Names.Select(name => name.Split(':')).ToLookup(parts => parts[0], parts => parts[1], StringComparer.OrdinalIgnoreCase);

    private static readonly string[] Roots = [.. Sections.Select(section => section.Key), .. OfFramework];

    /// <summary>Checks the names that the operator has written.</summary>
    /// <exception cref="OptionsValidationException">One is not a setting.</exception>
    public static void CheckNames(this ConfigurationManager configuration)
    {
        var providers = ((IConfigurationRoot)configuration).Providers;
        string[] faults = [.. configuration.Sources.Zip(providers, Faults).SelectMany(found => found).Distinct()];
        if (faults.Length > 0)
            throw new OptionsValidationException(nameof(SettingNames), typeof(SettingNames), faults);
    }

    private static IEnumerable<string> Faults(IConfigurationSource source, IConfigurationProvider provider)
    {
        var roots = Below(provider, null);
        return source switch
        {
            CommandLineConfigurationSource or JsonConfigurationSource => roots.Select(root => Fault(provider, root)).OfType<string>(),
            EnvironmentVariablesConfigurationSource { Prefix: null or "" } =>
                roots.Select(root => FaultOfVariable(provider, root)).OfType<string>(),
            _ => [],
        };
    }

    private static string[] Below(IConfigurationProvider provider, string? path) =>
        [.. provider.GetChildKeys([], path).Distinct(StringComparer.OrdinalIgnoreCase)];

    private static string? Fault(IConfigurationProvider provider, string root)
    {
        if (Sections.Contains(root))
        {
            return provider.TryGet(root, out string? value) && !string.IsNullOrEmpty(value)
                ? $"{root} is not a setting but a section, in which is {root}:{Sections[root].First()}."
                : null;
        }

        if (IsOfFramework(root))
            return null;
        return Below(provider, root) is [var below, ..]
            ? $"{root}:{below} is not a setting; the nearest is {Nearest(root, below)}."
            : $"{root} is not a setting; the nearest is {Nearest(root)}.";
    }

    /// <summary>Most variables are those of other programs: one is meant for this server where it is nearly a setting.</summary>
    private static string? FaultOfVariable(IConfigurationProvider provider, string root)
    {
        if (Sections.Contains(root) || NearestName.Of(root, Sections.Select(section => section.Key), MostEdits) is not { } section)
            return null;
        string? below = Array.Find(Below(provider, root), name => NearestName.Of(name, Sections[section], MostEdits) is not null);
        return below is null
            ? null
            : $"{root}:{below} is not a setting; the nearest is {section}:{NearestName.Of(below, Sections[section])}.";
    }

    private static bool IsOfFramework(string root) =>
        OfFramework.Contains(root, StringComparer.OrdinalIgnoreCase)
        || Array.Exists(BeginningsOfFramework, beginning => root.StartsWith(beginning, StringComparison.OrdinalIgnoreCase));

    /// <summary>What stands alone may be a setting without its section.</summary>
    private static string Nearest(string root)
    {
        string[] all = [.. Names, .. Roots];
        string nearest = NearestName.Of(root, all.Select(Last));
        return Array.Find(all, name => Last(name) == nearest)!;

        static string Last(string name) => name.Split(':')[^1];
    }

    private static string Nearest(string root, string below)
    {
        string section = NearestName.Of(root, Roots);
        return $"{section}:{(Sections.Contains(section) ? NearestName.Of(below, Sections[section]) : below)}";
    }
}
