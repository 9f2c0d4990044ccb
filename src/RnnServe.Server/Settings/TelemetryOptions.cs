namespace RnnServe.Server.Settings;

/// <summary>What the server tells of itself, and to whom. Section "Telemetry".</summary>
public sealed class TelemetryOptions : IValidatableObject
{
    /// <summary>Whether <c>GET /metrics</c> answers, in Prometheus' text format.</summary>
    public bool Prometheus { get; set; } = true;

    /// <summary>Address of an OpenTelemetry collector, such as http://localhost:4317, which gets metrics and traces; null: none.</summary>
    public string? OtlpEndpoint { get; set; }

    /// <summary>How the collector is spoken to: <c>grpc</c>, or <c>http/protobuf</c>, which is sent to v1/traces and v1/metrics below the
    /// address.</summary>
    [AllowedValues("grpc", "http/protobuf", ErrorMessage = "OtlpProtocol must be grpc or http/protobuf.")]
    public string OtlpProtocol { get; set; } = "grpc";

    /// <summary>Whether each request that asks a model writes a line: task, model, outcome, time, ids; never what was asked.</summary>
    public bool RequestLog { get; set; }

    /// <summary>Whether the log is JSON, a line an object, with the ids of the request and of the trace.</summary>
    public bool JsonLogs { get; set; }

    /// <summary><see cref="OtlpEndpoint"/> as an address; null where there is none.</summary>
    internal Uri? Collector => Uri.TryCreate(OtlpEndpoint, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps) ? address : null;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (OtlpEndpoint is not null && Collector is null)
        {
            yield return new(
                $"OtlpEndpoint is '{OtlpEndpoint}'; it must be an address such as http://localhost:4317.", [nameof(OtlpEndpoint)]);
        }
    }
}

[OptionsValidator]
internal sealed partial class TelemetryOptionsValidator : IValidateOptions<TelemetryOptions>;
