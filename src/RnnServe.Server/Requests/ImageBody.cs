using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using RnnServe.Server.Options;
using RnnServe.Server.Problems;

namespace RnnServe.Server.Requests;

/// <summary>What the body of a caption request has.</summary>
/// <param name="Images">Contents of the files, in the caller's order.</param>
/// <param name="Fields">Fields of the form beside them.</param>
internal sealed record ImageUpload(IReadOnlyList<ReadOnlyMemory<byte>> Images, IReadOnlyList<KeyValuePair<string, string>> Fields)
{
    /// <exception cref="ApiException">400: there is no image, or one is empty.</exception>
    public void Check(LimitsOptions limits)
    {
        if (Images.Count == 0)
            throw ApiException.ForField("image", $"image is missing; the form must have 1 to {limits.MaxImages} files named 'image'.");

        for (var i = 0; i < Images.Count; i++)
        {
            var field = Images.Count == 1 ? "image" : $"image[{i}]";
            if (Images[i].IsEmpty)
                throw ApiException.ForField(field, $"{field} is empty; it must be a JPEG, PNG, WebP or GIF file.");
        }
    }
}

/// <summary>Reads images: one that is the body, or those of a form.</summary>
internal static class ImageBody
{
    /// <summary>Content types of a body that is an image. Which of them it says does not matter: the first bytes tell.</summary>
    public static readonly IReadOnlyList<string> Types = ["image/jpeg", "image/png", "image/webp", "image/gif"];

    /// <summary>Content type of a form.</summary>
    public const string Form = "multipart/form-data";

    /// <exception cref="ApiException">400, 413 or 415.</exception>
    public static async Task<ImageUpload> ReadAsync(HttpContext http, LimitsOptions limits, CancellationToken cancellation)
    {
        var contentType = http.Request.ContentType;
        if (MediaTypeHeaderValue.TryParse(contentType, out var type))
        {
            if (Types.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase))
                return new ImageUpload([await ReadImageAsync(http, limits, cancellation)], []);

            if (string.Equals(type.MediaType.Value, Form, StringComparison.OrdinalIgnoreCase))
                return await ImageForm.ReadAsync(http, type, limits, cancellation);
        }

        var accepted = $"{string.Join(", ", Types)} or {Form}";
        throw new ApiException(StatusCodes.Status415UnsupportedMediaType, ProblemTitles.ContentType(contentType, accepted));
    }

    /// <summary>Images are larger than other bodies may be.</summary>
    public static void Allow(HttpContext http, int bytes) =>
        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = bytes;

    /// <summary>Copies a stream, at most so many bytes of it.</summary>
    /// <returns>Null: there are more.</returns>
    public static async Task<ReadOnlyMemory<byte>?> CopyAsync(Stream stream, int most, CancellationToken cancellation)
    {
        var copy = new MemoryStream();
        var buffer = new byte[16_384];
        for (int read; (read = await stream.ReadAsync(buffer, cancellation)) > 0;)
        {
            if (copy.Length + read > most)
                return null;
            copy.Write(buffer, 0, read);
        }

        return copy.GetBuffer().AsMemory(0, (int)copy.Length);
    }

    /// <summary>413 for a file that is too long.</summary>
    public static ApiException TooLong(string field, int most) =>
        ApiException.ForField(field, $"{field} has more than {most} bytes.", StatusCodes.Status413PayloadTooLarge);

    private static async Task<ReadOnlyMemory<byte>> ReadImageAsync(HttpContext http, LimitsOptions limits, CancellationToken cancellation)
    {
        Allow(http, limits.MaxImageBytes);
        try
        {
            return await CopyAsync(http.Request.Body, limits.MaxImageBytes, cancellation)
                ?? throw TooLong("image", limits.MaxImageBytes);
        }
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw TooLong("image", limits.MaxImageBytes);
        }
    }
}
