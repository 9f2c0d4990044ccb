using System.Net.Mime;
using System.Text.Json;
using RnnServe.Server.Catalog;

namespace RnnServe.Server.Doors;

/// <summary>The tensor that comes out.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">That of the tensor that went in.</param>
/// <param name="Elements">Its elements.</param>
internal sealed record TextTensor(string Name, IReadOnlyList<long> Shape, IReadOnlyList<string> Elements);

/// <summary>Writes an answer of the Open Inference Protocol.</summary>
internal static class InferWriter
{
    public static async Task WriteAsync(HttpContext http, InferRequest request, PickedModel model, TextTensor output)
    {
        byte[]? binary = WantsBinary(request) ? BytesTensor.Join(output.Elements) : null;
        var answer = new InferResponse
        {
            ModelName = model.Name,
            ModelVersion = model.Version,
            Id = request.Id,
            Outputs =
            [
                new()
                {
                    Name = output.Name,
                    Datatype = BytesTensor.Datatype,
                    Shape = output.Shape,
                    Parameters = binary is null ? null : new() { BinaryDataSize = binary.Length },
                    Data = binary is null ? output.Elements : null,
                },
            ],
        };
        if (binary is null)
        {
            await http.Response.WriteAsJsonAsync(answer, DoorJson.Api.InferResponse, cancellationToken: http.RequestAborted);
            return;
        }

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(answer, DoorJson.Api.InferResponse);
        http.Response.ContentType = MediaTypeNames.Application.Octet;
        http.Response.ContentLength = json.Length + binary.Length;
        http.Response.Headers[InferReader.JsonLength] = json.Length.ToString(CultureInfo.InvariantCulture);
        await http.Response.Body.WriteAsync(json, http.RequestAborted);
        await http.Response.Body.WriteAsync(binary, http.RequestAborted);
    }

    /// <summary>What an output says of itself counts more than what is said for all.</summary>
    private static bool WantsBinary(InferRequest request) =>
        (request.Outputs is [var output, ..] ? output.Parameters?.BinaryData : null) ?? request.Parameters?.BinaryDataOutput ?? false;
}
