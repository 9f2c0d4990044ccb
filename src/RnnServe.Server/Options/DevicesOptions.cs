using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace RnnServe.Server.Options;

/// <summary>What runs the graphs. Section "Devices".</summary>
public sealed class DevicesOptions
{
    /// <summary>
    /// <c>cpu</c>, or <c>cuda</c> for an NVIDIA GPU, which needs a build with -p:OnnxRuntimePackage=Microsoft.ML.OnnxRuntime.Gpu.
    /// </summary>
    [AllowedValues("cpu", "cuda", ErrorMessage = "Provider must be cpu or cuda.")]
    public string Provider { get; set; } = "cpu";
}

[OptionsValidator]
internal sealed partial class DevicesOptionsValidator : IValidateOptions<DevicesOptions>;
