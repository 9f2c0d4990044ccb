using Microsoft.Extensions.Options;
using RnnServe.Inference;

namespace RnnServe.Server.Options;

/// <summary>Refuses names in a section of the configuration that no option has: a misspelt limit would not limit.</summary>
internal sealed class KnownSettings<TOptions>(string section, IConfiguration configuration) : IValidateOptions<TOptions>
    where TOptions : class
{
    private static readonly string[] Names = [.. typeof(TOptions).GetProperties().Select(p => p.Name)];

    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        var unknown = configuration.GetSection(section).GetChildren().Select(c => c.Key)
            .Where(key => !Names.Contains(key, StringComparer.OrdinalIgnoreCase))
            .Select(key => $"{section}:{key} is not a setting; the nearest is {section}:{NearestName.Of(key, Names)}.")
            .ToList();
        return unknown.Count > 0 ? ValidateOptionsResult.Fail(unknown) : ValidateOptionsResult.Success;
    }
}
