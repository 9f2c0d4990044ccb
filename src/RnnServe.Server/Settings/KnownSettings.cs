using System.Collections;
using System.Reflection;
using RnnServe.Inference;

namespace RnnServe.Server.Settings;

/// <summary>Refuses names in a section of the configuration that no option has, and values in a form that the binder leaves out without a
/// word: a misspelt limit would not limit.</summary>
internal sealed class KnownSettings<TOptions>(string section, IConfiguration configuration) : IValidateOptions<TOptions>
    where TOptions : class
{
    private static readonly PropertyInfo[] Known = typeof(TOptions).GetProperties();

    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        var faults = configuration.GetSection(section).GetChildren().Select(Fault).OfType<string>().ToList();
        return faults.Count > 0 ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }

    private string? Fault(IConfigurationSection setting)
    {
        var known = Array.Find(Known, property => property.Name.Equals(setting.Key, StringComparison.OrdinalIgnoreCase));
        if (known is null)
        {
            string nearest = NearestName.Of(setting.Key, Known.Select(property => property.Name));
            return $"{setting.Path} is not a setting; the nearest is {section}:{nearest}.";
        }

        var type = known.PropertyType;
        if (type == typeof(string) || !type.IsAssignableTo(typeof(IEnumerable)))
        {
            var below = setting.GetChildren().FirstOrDefault();
            return below is null ? null : $"{below.Path} is not a setting; the nearest is {setting.Path}.";
        }

        // Of an empty list the settings file has an empty value.
        if (string.IsNullOrEmpty(setting.Value))
            return null;
        return type.IsAssignableTo(typeof(IDictionary<string, string>))
            ? $"{setting.Path} has a value for each name, which is written {setting.Path}:NAME."
            : $"{setting.Path} is a list, whose first value is written {setting.Path}:0.";
    }
}
