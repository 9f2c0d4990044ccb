using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using RnnServe.Protocols.OpenInference;
using RnnServe.Server.Keys;
using RnnServe.Tests.Server.Doors;

namespace RnnServe.Tests.Server.Keys;

/// <summary>Keys in the metadata of gRPC, and refusals as its status codes.</summary>
public sealed class KeyGrpcTests
{
    [Fact]
    public async Task Refusals_are_Unauthenticated_PermissionDenied_and_ResourceExhausted()
    {
        using var models = new ModelFolder();
        models.Add("tiny-en-de", "en", "de");
        using var keys = new KeyRing();
        string right = keys.Add("translate"), captions = keys.Add("caption");
        string twoRequests = keys.Add(new KeyQuotas { Requests = 2 }, "translate");
        string tenCharacters = keys.Add(new KeyQuotas { Characters = 10 }, "translate");
        int port = ThisMachine.FreePort();
        await using var server = await new RunningServer(
            models.Path,
            [.. OpenDoors.Settings, keys.Setting, ("Doors:GrpcPort", port.ToString(CultureInfo.InvariantCulture))]).SettledAsync();
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        var client = new GRPCInferenceService.GRPCInferenceServiceClient(channel);

        Assert.True((await client.ServerLiveAsync(new())).Live);
        Assert.True((await client.ServerReadyAsync(new())).Ready);
        await InferAsync("authorization", $"Bearer {right}");
        await InferAsync("x-api-key", right);
        await RefusedAsync(StatusCode.Unauthenticated, "A key is needed", null);
        await RefusedAsync(StatusCode.Unauthenticated, "The key is not valid.", right[..^1] + "!");
        await RefusedAsync(StatusCode.PermissionDenied, "lacks the scope 'translate'", captions);
        await InferAsync("x-api-key", twoRequests);
        await InferAsync("x-api-key", twoRequests);
        var full = await RefusedAsync(StatusCode.ResourceExhausted, "quota of 2 requests a minute 0 are left", twoRequests);
        Assert.InRange(int.Parse(full.Trailers.GetValue("retry-after")!, CultureInfo.InvariantCulture), 1, 60);
        await InferAsync("x-api-key", tenCharacters);
        var most = await RefusedAsync(StatusCode.ResourceExhausted, "quota of 10 characters a minute 4 are left", tenCharacters);
        Assert.InRange(int.Parse(most.Trailers.GetValue("retry-after")!, CultureInfo.InvariantCulture), 1, 60);
        await RefusedAsync(StatusCode.InvalidArgument, "the key's quota is 10 a minute", tenCharacters, "abcabcabcabc");

        async Task InferAsync(string name, string value)
        {
            var answer = await client.ModelInferAsync(Request("abcabc"), new Metadata { { name, value } });
            Assert.NotEmpty(answer.Outputs);
        }

        async Task<RpcException> RefusedAsync(StatusCode code, string part, string? key, string text = "abcabc")
        {
            Metadata headers = key is null ? [] : new() { { "x-api-key", key } };
            var refused = await Assert.ThrowsAsync<RpcException>(async () => await client.ModelInferAsync(Request(text), headers));
            Assert.Equal(code, refused.StatusCode);
            Assert.Contains(part, refused.Status.Detail, StringComparison.Ordinal);
            return refused;
        }
    }

    private static ModelInferRequest Request(string text)
    {
        var tensor = new ModelInferRequest.Types.InferInputTensor { Name = "text", Datatype = "BYTES", Shape = { 1 }, Contents = new() };
        tensor.Contents.BytesContents.Add(ByteString.CopyFromUtf8(text));
        return new ModelInferRequest { ModelName = "tiny-en-de", Inputs = { tensor } };
    }
}
