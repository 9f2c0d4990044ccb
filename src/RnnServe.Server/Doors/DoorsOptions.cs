namespace RnnServe.Server.Doors;

/// <summary>Which routes of other services this server answers too, for their clients. Section "Doors".</summary>
public sealed class DoorsOptions : IValidatableObject
{
    /// <summary>DeepL's version 2: <c>/v2/translate</c>, <c>/v2/languages</c>, <c>/v2/usage</c>.</summary>
    public bool DeepL { get; set; }

    /// <summary>LibreTranslate's: <c>/translate</c>, <c>/languages</c>, <c>/frontend/settings</c>.</summary>
    public bool LibreTranslate { get; set; }

    /// <summary>Hugging Face's inference: <c>/models/NAME</c> for translation and image to text.</summary>
    public bool HuggingFace { get; set; }

    /// <summary>The MAX Image Caption Generator's: <c>/model/predict</c>, <c>/model/metadata</c>.</summary>
    public bool MaxCaption { get; set; }

    /// <summary>The Open Inference Protocol, version 2, over HTTP: <c>/v2</c> and below.</summary>
    public bool OpenInference { get; set; }

    /// <summary>Port of the Open Inference Protocol over gRPC, on the host of the first address, HTTP/2 without TLS; 0: none.
    /// To 65,535.</summary>
    [Range(0, 65_535)]
    public int GrpcPort { get; set; }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (GrpcPort > 0 && !OpenInference)
            yield return new($"GrpcPort ({GrpcPort}) needs OpenInference to be true.", [nameof(GrpcPort)]);
    }
}

[OptionsValidator]
internal sealed partial class DoorsOptionsValidator : IValidateOptions<DoorsOptions>;
