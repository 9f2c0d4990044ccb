namespace RnnServe.Server.Settings;

/// <summary>What one request may cost. Section "Limits".</summary>
public sealed class LimitsOptions : IValidatableObject
{
    /// <summary>Most texts in one request, 1 to 256.</summary>
    [Range(1, 256)]
    public int MaxTexts { get; set; } = 256;

    /// <summary>Most UTF-16 characters in one text, 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxCharactersPerText { get; set; } = 10_000;

    /// <summary>Most UTF-16 characters in all texts of one request together, 1 to 10,000,000.</summary>
    [Range(1, 10_000_000)]
    public int MaxCharactersPerRequest { get; set; } = 100_000;

    /// <summary>Most bytes in a request body without images, 1,024 to 104,857,600.</summary>
    [Range(1024, 104_857_600)]
    public int MaxBodyBytes { get; set; } = 1_048_576;

    /// <summary>Most images in one request, 1 to 256.</summary>
    [Range(1, 256)]
    public int MaxImages { get; set; } = 32;

    /// <summary>Most bytes in one image file, 1,024 to 104,857,600.</summary>
    [Range(1024, 104_857_600)]
    public int MaxImageBytes { get; set; } = 10_485_760;

    /// <summary>Most bytes in a request body with images, 1,024 to 1,073,741,824.</summary>
    [Range(1024, 1_073_741_824)]
    public int MaxUploadBytes { get; set; } = 33_554_432;

    /// <summary>Most bytes of images in memory, over all requests: from the moment that they arrive until they are decoded. A request that
    /// would exceed it is refused. At least <see cref="MaxUploadBytes"/>, to 2,147,483,647.</summary>
    [Range(1024, int.MaxValue)]
    public int MaxUploadBytesTotal { get; set; } = 268_435_456;

    /// <summary>
    /// Most pixels, width x height, of one image; checked before it is decoded. Half as many for progressive JPEG, interlaced PNG, WebP and
    /// GIF: decoding one takes up to 6 bytes a pixel, and as many are decoded at once as there are cores, less one. 1 to 1,000,000,000.
    /// </summary>
    [Range(1, 1_000_000_000)]
    public int MaxPixels { get; set; } = 50_000_000;

    /// <summary>Most bytes that each model remembers of images it has seen, so that a repeated image is answered sooner; 0 (nothing) to
    /// 2,000,000,000.</summary>
    [Range(0, 2_000_000_000)]
    public int ImageCacheBytes { get; set; } = 33_554_432;

    /// <summary>How long a request may take when it has no <c>Request-Timeout</c> header, in milliseconds, 1 to 3,600,000.</summary>
    [Range(1, 3_600_000)]
    public int RequestTimeoutMs { get; set; } = 60_000;

    /// <summary>The longest <c>Request-Timeout</c> that a caller may ask for, in milliseconds, 1 to 3,600,000.</summary>
    [Range(1, 3_600_000)]
    public int MaxRequestTimeoutMs { get; set; } = 600_000;

    /// <summary>Most connections open at the same time, 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int MaxConnections { get; set; } = 1000;

    /// <summary>How long a stop waits for the requests in flight, in milliseconds, 0 to 600,000.</summary>
    [Range(0, 600_000)]
    public int DrainMs { get; set; } = 25_000;

    /// <summary>What a refused caller is told to wait in <c>Retry-After</c> (429 and 503), in seconds, 1 to 3,600.</summary>
    [Range(1, 3600)]
    public int RetryAfterSeconds { get; set; } = 1;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        from pair in new (string Name, int Value, string Least, int LeastValue)[]
        {
            (nameof(MaxCharactersPerRequest), MaxCharactersPerRequest, nameof(MaxCharactersPerText), MaxCharactersPerText),
            (nameof(MaxUploadBytes), MaxUploadBytes, nameof(MaxImageBytes), MaxImageBytes),
            (nameof(MaxUploadBytesTotal), MaxUploadBytesTotal, nameof(MaxUploadBytes), MaxUploadBytes),
            (nameof(MaxRequestTimeoutMs), MaxRequestTimeoutMs, nameof(RequestTimeoutMs), RequestTimeoutMs),
        }
        where pair.Value < pair.LeastValue
        select new ValidationResult($"{pair.Name} ({pair.Value}) must be at least {pair.Least} ({pair.LeastValue}).", [pair.Name]);
}

[OptionsValidator]
internal sealed partial class LimitsOptionsValidator : IValidateOptions<LimitsOptions>;
