using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using RnnServe.Server.Options;
using RnnServe.Server.Problems;

namespace RnnServe.Server.Requests;

/// <summary>Reads a form with images into memory: nothing of an upload is ever written to a disk.</summary>
internal static class ImageForm
{
    /// <summary>More fields than any request has, and longer ones.</summary>
    private const int MostFields = 64, LongestField = 1000;

    /// <exception cref="ApiException">400 for what is no form, 413.</exception>
    public static async Task<ImageUpload> ReadAsync(
        HttpContext http, MediaTypeHeaderValue type, LimitsOptions limits, CancellationToken cancellation)
    {
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (string.IsNullOrEmpty(boundary))
            throw Malformed("its content type names no boundary");

        ImageBody.Allow(http, limits.MaxUploadBytes);
        try
        {
            return await ReadPartsAsync(new MultipartReader(boundary, http.Request.Body), limits, cancellation);
        }
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw new ApiException(error.StatusCode, $"The body is larger than {limits.MaxUploadBytes} bytes.");
        }
        catch (InvalidDataException error)
        {
            throw Malformed(error.Message.TrimEnd('.'));
        }
        catch (IOException error) when (error.GetType() == typeof(IOException))     // a connection that broke is of another type
        {
            throw Malformed("it ends before its last boundary");
        }
    }

    private static async Task<ImageUpload> ReadPartsAsync(MultipartReader parts, LimitsOptions limits, CancellationToken cancellation)
    {
        var images = new List<ReadOnlyMemory<byte>>();
        var fields = new List<KeyValuePair<string, string>>();
        while (await parts.ReadNextSectionAsync(cancellation) is { } part)
        {
            if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition))
                throw Malformed("a part of it has no name");
            var name = HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "";
            if (name != "image")
                fields.Add(KeyValuePair.Create(name, await FieldAsync(part.Body, name, cancellation)));
            else if (images.Count == limits.MaxImages)
                throw ApiException.ForField("image", $"There are more than {limits.MaxImages} images; there may be 1 to {limits.MaxImages}.");
            else
                images.Add(await ImageAsync(part.Body, images.Count, limits, cancellation));

            if (fields.Count > MostFields)
                throw Malformed($"it has more than {MostFields} fields");
        }

        return new ImageUpload(images, fields);
    }

    private static async Task<ReadOnlyMemory<byte>> ImageAsync(
        Stream body, int index, LimitsOptions limits, CancellationToken cancellation) =>
        await ImageBody.CopyAsync(body, limits.MaxImageBytes, cancellation)
            ?? throw ImageBody.TooLong($"image[{index}]", limits.MaxImageBytes);

    /// <summary>The start of a long field is enough: the field is refused.</summary>
    private static async Task<string> FieldAsync(Stream body, string name, CancellationToken cancellation)
    {
        var bytes = await ImageBody.CopyAsync(body, LongestField, cancellation);
        return bytes is { } field ? Encoding.UTF8.GetString(field.Span) : $"more than {LongestField} bytes";
    }

    private static ApiException Malformed(string reason) =>
        new(StatusCodes.Status400BadRequest, $"The body is not valid {ImageBody.Form}: {reason}.");
}
