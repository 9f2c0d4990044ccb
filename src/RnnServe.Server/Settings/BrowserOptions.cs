namespace RnnServe.Server.Settings;

/// <summary>What pages of other addresses may do. Section "Browsers".</summary>
public sealed class BrowserOptions : IValidatableObject
{
    /// <summary>Stands for every page.</summary>
    internal const string Anyone = "*";

    /// <summary>Addresses of pages, such as https://app.example.com, whose scripts may call the server; "*" for all, empty for
    /// none.</summary>
    public IReadOnlyList<string> Origins { get; set; } = [];

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        from text in Origins
        where text != Anyone && !IsOrigin(text)
        select new ValidationResult(
            $"Origins has '{text}'; it must be '*' or scheme, host and port alone, such as https://app.example.com.", [nameof(Origins)]);

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && text == uri.GetLeftPart(UriPartial.Authority);
}

[OptionsValidator]
internal sealed partial class BrowserOptionsValidator : IValidateOptions<BrowserOptions>;
