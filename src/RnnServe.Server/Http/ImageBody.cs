using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Http;

/// <summary>Reads images: one that is the body, or those of a form.</summary>
internal static class ImageBody
{
    /// <summary>Content types that the document names. Which one a body says, if any, does not matter: the first bytes tell.</summary>
    public static readonly IReadOnlyList<string> Types = ["image/jpeg", "image/png", "image/webp", "image/gif"];

    /// <summary>Content type of a form.</summary>
    public const string Form = "multipart/form-data";

    private const string Untyped = "application/octet-stream";

    /// <summary>What browsers and command lines say besides.</summary>
    private static readonly string[] Others = [Untyped, "image/jpg", "image/pjpeg", "image/x-png", "image/*"];

    /// <summary>The content type of a body that is a form; null for one that is an image. Larger bodies than others are allowed from then
    /// on.</summary>
    /// <exception cref="ApiException">415: it is neither.</exception>
    public static MediaTypeHeaderValue? FormType(HttpContext http, LimitsOptions limits)
    {
        string? contentType = http.Request.ContentType;
        bool known = MediaTypeHeaderValue.TryParse(contentType, out var type);
        bool isForm = known && Is(type!.MediaType, Form);
        bool isImage = known && Types.Concat(Others).Any(accepted => Is(type!.MediaType, accepted));
        if (!isForm && !isImage && !string.IsNullOrWhiteSpace(contentType))
        {
            string accepted = $"{string.Join(", ", Types)}, {Untyped} or {Form}";
            throw new ApiException(StatusCodes.Status415UnsupportedMediaType, ProblemTitles.ContentType(contentType, accepted));
        }

        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize =
            isForm ? limits.MaxUploadBytes : limits.MaxImageBytes;
        return isForm ? type : null;
    }

    private static bool Is(StringSegment found, string wanted) => found.Equals(wanted, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a body that is an image.</summary>
    /// <exception cref="ApiException">400, 413 or 429.</exception>
    public static async Task ReadAsync(HttpRequest request, ImageUpload upload, LimitsOptions limits, CancellationToken cancellation)
    {
        int most = limits.MaxImageBytes;
        try
        {
            var file = await upload.CopyAsync(request.Body, request.ContentLength ?? 0, most, cancellation);
            upload.AddImage(file ?? throw TooLong("image", most));
        }
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw TooLong("image", most);
        }
    }

    /// <summary>413 for a file that is too long.</summary>
    public static ApiException TooLong(string field, int most) =>
        ApiException.ForField(field, $"{field} has more than {most} bytes.", StatusCodes.Status413PayloadTooLarge);
}
