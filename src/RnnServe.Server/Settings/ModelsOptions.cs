namespace RnnServe.Server.Settings;

/// <summary>Where the models are. Section "Models".</summary>
public sealed class ModelsOptions
{
    /// <summary>The folder that holds <c>&lt;name&gt;/&lt;version&gt;/model.json</c>; a relative one is looked for in the content root,
    /// beside the program and above it.</summary>
    [Required, MinLength(1)]
    public string Folder { get; set; } = "models";

    /// <summary>Name of the only model to load; null: all that the folder has.</summary>
    public string? Only { get; set; }

    /// <summary>Precision of the graphs: <c>fp32</c> or <c>int8</c> for models that have it; null: what each model says.</summary>
    [AllowedValues(null, "fp32", "int8", ErrorMessage = "Precision must be fp32 or int8, or left out.")]
    public string? Precision { get; set; }
}

[OptionsValidator]
internal sealed partial class ModelsOptionsValidator : IValidateOptions<ModelsOptions>;
