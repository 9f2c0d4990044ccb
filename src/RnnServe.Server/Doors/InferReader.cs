using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using RnnServe.Server.Http;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Doors;

/// <summary>Reads a body of the Open Inference Protocol: JSON, behind which a tensor may come as it is.</summary>
internal static class InferReader
{
    /// <summary>The header that says where the JSON ends; without it the body is JSON alone.</summary>
    public const string JsonLength = "Inference-Header-Content-Length";

    /// <param name="http">The request.</param>
    /// <param name="kind">What its model takes.</param>
    /// <param name="upload">Has room for the body.</param>
    /// <param name="limits">Of its size.</param>
    /// <returns>The request without what goes in, and that: images would be kept as text while they wait.</returns>
    /// <exception cref="ApiException">400, 413 or 429.</exception>
    public static async Task<(InferRequest Request, BytesTensor Input)> ReadAsync(
        HttpContext http, TensorKind kind, ImageUpload upload, LimitsOptions limits)
    {
        var body = await ReadBodyAsync(http, upload, kind.TakesImages ? limits.MaxUploadBytes : limits.MaxBodyBytes);
        int length = LengthOfJson(http.Request, body.Length);
        var request = JsonBody.Parse(body[..length], DoorJson.Api.InferRequest);
        var inputs = request.Inputs ?? [];
        // JSON may have null in the place of each.
        BytesTensor.CheckNames(
            [.. inputs.Select(one => (one?.Name, one?.Datatype))], request.Outputs?.Select(one => one?.Name) ?? [], kind);
        var elements = Elements(inputs[0], body[length..], kind, upload, kind.Most(limits));
        return (request with { Inputs = null }, new BytesTensor(inputs[0].Shape ?? [], elements).Checked());
    }

    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpContext http, ImageUpload upload, int most)
    {
        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = most;
        try
        {
            return await upload.CopyAsync(http.Request.Body, http.Request.ContentLength ?? 0, most, http.RequestAborted)
                ?? throw TooLarge();
        }
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw TooLarge();
        }

        ApiException TooLarge() => new(StatusCodes.Status413PayloadTooLarge, $"The body is larger than {most} bytes.");
    }

    private static int LengthOfJson(HttpRequest request, int body)
    {
        string header = request.Headers[JsonLength].ToString();
        if (header.Length == 0)
            return body;
        return int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out int length) && length <= body
            ? length
            : throw ApiException.ForField(
                JsonLength, Refusals.Wording(JsonLength, Refusals.Quote(header), $"an integer from 0 to {body}, the size of the body"));
    }

    private static List<ReadOnlyMemory<byte>> Elements(
        InferInput input, ReadOnlyMemory<byte> binary, TensorKind kind, ImageUpload upload, int most)
    {
        if (input.Parameters?.BinaryDataSize is { } size)
        {
            return size == binary.Length && input.Data is null
                ? BytesTensor.Split(binary, most)
                : throw ApiException.ForField(
                    "binary_data_size",
                    $"binary_data_size is {size}, but {binary.Length} bytes come behind the JSON, and data must be left out.");
        }

        if (binary.Length > 0)
            throw ApiException.ForField("binary_data_size", "binary_data_size is missing, but data comes behind the JSON.");
        var strings = new List<JsonElement>();
        Flatten(input.Data ?? default, strings, most);
        return [.. strings.Select((text, index) => Element(text, index, kind, upload))];
    }

    private static void Flatten(JsonElement data, List<JsonElement> strings, int most)
    {
        if (data.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in data.EnumerateArray())
                Flatten(item, strings, most);
            return;
        }

        if (data.ValueKind != JsonValueKind.String)
            throw ApiException.ForField("data", "data must be an array of strings, or the tensor must come behind the JSON.");
        BytesTensor.CheckCount(strings.Count + 1, most);
        strings.Add(data);
    }

    private static ReadOnlyMemory<byte> Element(JsonElement text, int index, TensorKind kind, ImageUpload upload)
    {
        try
        {
            if (!kind.TakesImages)
                return Encoding.UTF8.GetBytes(text.GetString()!);
            byte[] file = text.TryGetBytesFromBase64(out byte[]? decoded)
                ? decoded
                : throw ApiException.ForField("image", $"image[{index}] is not base64.");
            upload.Take(file.Length);
            return file;
        }
        catch (InvalidOperationException)       // half a surrogate pair
        {
            throw ApiException.ForField("data", "data has a string that is not valid Unicode.");
        }
    }
}
