using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Http;

/// <summary>Reads a form with images into memory: nothing of an upload is ever written to a disk.</summary>
internal static class ImageForm
{
    /// <summary>More fields than any request has, and longer ones.</summary>
    private const int MostFields = 64, LongestField = 1000;

    /// <summary>RFC 2046, section 5.1.1. Longer ones do not fit into the reader's buffer.</summary>
    private const int LongestBoundary = 70;

    /// <summary>What a message says of a form's fault; the reader's own words may quote a whole line of the body.</summary>
    private const int LongestReason = 80;

    /// <exception cref="ApiException">400 for what is no form, 413 or 429.</exception>
    public static async Task ReadAsync(
        HttpRequest request, MediaTypeHeaderValue type, ImageUpload upload, LimitsOptions limits, CancellationToken cancellation)
    {
        string? boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (string.IsNullOrEmpty(boundary))
            throw Malformed("its content type names no boundary");
        if (boundary.Length > LongestBoundary || !Ascii.IsValid(boundary))
            throw Malformed($"its boundary must be 1 to {LongestBoundary} characters of ASCII");

        try
        {
            await ReadPartsAsync(new MultipartReader(boundary, request.Body), upload, limits, cancellation);
        }
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw new ApiException(error.StatusCode, $"The body is larger than {limits.MaxUploadBytes} bytes.");
        }
        catch (InvalidDataException error)
        {
            throw Malformed(Refusals.Shorten(error.Message.TrimEnd('.'), LongestReason));
        }
        catch (IOException error) when (error.GetType() == typeof(IOException))     // a connection that broke is of another type
        {
            throw Malformed("it ends before its last boundary");
        }
    }

    private static async Task ReadPartsAsync(
        MultipartReader parts, ImageUpload upload, LimitsOptions limits, CancellationToken cancellation)
    {
        while (await parts.ReadNextSectionAsync(cancellation) is { } part)
        {
            if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition))
                throw Malformed("a part of it has no name");
            string name = HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "";
            if (name == "image")
                await ReadImageAsync(part.Body, upload, limits, cancellation);
            else if (upload.Fields.Count == MostFields)
                throw Malformed($"it has more than {MostFields} fields");
            else if (disposition.IsFileDisposition())
                throw NoImage(Refusals.Shorten(name));
            else
                await ReadFieldAsync(part.Body, name, upload, cancellation);
        }
    }

    private static async Task ReadImageAsync(Stream body, ImageUpload upload, LimitsOptions limits, CancellationToken cancellation)
    {
        int index = upload.Images.Count;
        if (index == limits.MaxImages)
            throw ApiException.ForField("image", $"There are more than {limits.MaxImages} images; there may be 1 to {limits.MaxImages}.");
        var file = await upload.CopyAsync(body, 0, limits.MaxImageBytes, cancellation);
        upload.AddImage(file ?? throw ImageBody.TooLong($"image[{index}]", limits.MaxImageBytes));
    }

    private static async Task ReadFieldAsync(Stream body, string name, ImageUpload upload, CancellationToken cancellation)
    {
        string field = Refusals.Shorten(name);
        var value = await upload.CopyAsync(body, 0, LongestField, cancellation)
            ?? throw ApiException.ForField(field, $"{field} has more than {LongestField} bytes.");
        upload.AddField(name, Encoding.UTF8.GetString(value.Span));
    }

    private static ApiException NoImage(string name) =>
        ApiException.ForField(name, $"The form has a file named {Refusals.Quote(name)}; a file must be named 'image'.");

    private static ApiException Malformed(string reason) =>
        new(StatusCodes.Status400BadRequest, $"The body is not valid {ImageBody.Form}: {reason}.");
}
