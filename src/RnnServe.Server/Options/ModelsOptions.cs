using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace RnnServe.Server.Options;

/// <summary>Where the models are. Section "Models".</summary>
public sealed class ModelsOptions
{
    /// <summary>The folder that holds <c>&lt;name&gt;/&lt;version&gt;/model.json</c>; a relative path starts at the content root.</summary>
    [Required, MinLength(1)]
    public string Folder { get; set; } = "models";
}

[OptionsValidator]
internal sealed partial class ModelsOptionsValidator : IValidateOptions<ModelsOptions>;
