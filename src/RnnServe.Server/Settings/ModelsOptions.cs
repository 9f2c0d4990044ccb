namespace RnnServe.Server.Settings;

/// <summary>Where the models are. Section "Models".</summary>
public sealed class ModelsOptions : IValidatableObject
{
    /// <summary>The greatest share of a version on trial: with all of the requests it would be none.</summary>
    internal const int MostCanaryPercent = 99;

    /// <summary>The folder that holds <c>&lt;name&gt;/&lt;version&gt;/model.json</c>; a relative one is looked for in the content root,
    /// beside the program and above it.</summary>
    [Required, MinLength(1)]
    public string Folder { get; set; } = "models";

    /// <summary>Name of the only model to load; null: all that the folder has.</summary>
    public string? Only { get; set; }

    /// <summary>Precision of the graphs: <c>fp32</c> or <c>int8</c> for models that have it; null: what each model says.</summary>
    [AllowedValues(null, "fp32", "int8", ErrorMessage = "Precision must be fp32 or int8, or left out.")]
    public string? Precision { get; set; }

    /// <summary>Whether the folder is looked at while the server runs, and what is new in it is loaded.</summary>
    public bool Watch { get; set; }

    /// <summary>How often it is looked at, in seconds, 1 to 3,600. What changed is loaded when two looks in a row find it the
    /// same.</summary>
    [Range(1, 3600)]
    public int WatchSeconds { get; set; } = 10;

    /// <summary>By the names of models, the percent of the requests that the newest version answers while the one before answers the rest:
    /// 0 (the newest answers all) to 99.</summary>
    /// <remarks>Texts, as what is no number would be left out of a dictionary of numbers without a word.</remarks>
    public IDictionary<string, string> Canary { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        from share in Canary
        where ParseShare(share.Value) is null
        select new ValidationResult(
            $"Canary:{share.Key} ({share.Value}) must be an integer from 0 to {MostCanaryPercent}.", [nameof(Canary)]);

    /// <summary>Percent of the requests for the newest version of a model; 0 where nothing is said of it.</summary>
    internal int ShareOf(string name) => Canary.TryGetValue(name, out string? share) ? ParseShare(share)!.Value : 0;

    /// <summary>A share from its text; null for what is none.</summary>
    internal static int? ParseShare(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int share) && share <= MostCanaryPercent ? share : null;
}

[OptionsValidator]
internal sealed partial class ModelsOptionsValidator : IValidateOptions<ModelsOptions>;
