using System.Buffers.Binary;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using RnnServe.Protocols.OpenInference;
using RnnServe.Server.Catalog;
using RnnServe.Server.Http;
using RnnServe.Server.Settings;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Server.Doors;

/// <summary>A client of the Open Inference Protocol that gRPC's own tools generate from its definition.</summary>
public sealed class OpenInferenceGrpcTests
{
    private static readonly int Port = ThisMachine.FreePort();

    private static (string Key, string Value) GrpcPort => ("Doors:GrpcPort", Port.ToString(CultureInfo.InvariantCulture));

    [Fact]
    public async Task The_client_translates_and_captions_and_sees_what_is_refused()
    {
        using var models = new ModelFolder();
        models.Add("tiny-en-de", "en", "de");
        models.AddCaptioner("tiny-photos");
        await using var server = await new RunningServer(models.Path, [.. OpenDoors.Settings, GrpcPort]).SettledAsync();
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Port}");
        var client = new GRPCInferenceService.GRPCInferenceServiceClient(channel);

        await StateAsync(client);
        await AnswersAsync(client, server);
        await RefusalsAsync(client);
        await NoRoomAsync(client, server.Services.GetRequiredService<UploadBudget>());
        Assert.DoesNotContain(server.Logs, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_client_is_told_of_overload()
    {
        await using var busy = await BusyServer.StartAsync(GrpcPort);
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Port}");
        var client = new GRPCInferenceService.GRPCInferenceServiceClient(channel);

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await client.ModelInferAsync(Request("tiny-en-de", "text", "abc"u8)));

        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        Assert.Contains("sentences are waiting", refused.Status.Detail, StringComparison.Ordinal);
        Assert.Equal("7", refused.Trailers.GetValue("retry-after"));
    }

    // The library answers both before the service is asked: what cannot be read is no fault of the server.
    [Theory, InlineData(new byte[] { 0, 0, 0, 0, 9, 1 }), InlineData(new byte[] { 0, 0, 0, 0, 2, 255, 255 })]
    public async Task A_message_that_cannot_be_read_is_counted_as_invalid(byte[] message)
    {
        using var models = new ModelFolder();
        models.Add("tiny-en-de", "en", "de");
        await using var server = await new RunningServer(models.Path, [.. OpenDoors.Settings, GrpcPort]).SettledAsync();
        var owner = server.Services.GetRequiredService<IMeterFactory>();
        using var invalid = new MeterCount(owner, "rnnserve.requests", new("outcome", "invalid"));
        using var client = new HttpClient();
        using var content = new ByteArrayContent(message);
        content.Headers.ContentType = new("application/grpc");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{Port}/inference.GRPCInferenceService/ModelInfer")
        {
            Content = content,
            Version = new(2, 0),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using var answer = await client.SendAsync(request);
        await answer.Content.ReadAsByteArrayAsync();

        Assert.Equal(1, await invalid.ReachAsync(1));
    }

    [Fact]
    public async Task A_caller_who_goes_away_is_counted_and_one_whose_deadline_passes_is_not()
    {
        using var models = new ModelFolder();
        models.Add("tiny-en-de", "en", "de");
        await using var server = await new RunningServer(
            models.Path, [.. OpenDoors.Settings, GrpcPort, ("Batching:Workers", "1"), ("Batching:MaxRows", "1")]).SettledAsync();
        var owner = server.Services.GetRequiredService<IMeterFactory>();
        using var abandoned = new MeterCount(owner, "rnnserve.requests.abandoned");
        using var late = new MeterCount(owner, "rnnserve.requests", new("outcome", "deadline"));
        using var gone = new MeterCount(owner, "rnnserve.requests", new("outcome", "abandoned"));
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Port}");
        var client = new GRPCInferenceService.GRPCInferenceServiceClient(channel);
        var translator = server.Services.GetRequiredService<ModelCatalog>().Entries.Single().Handle!.Model;
        await client.ModelInferAsync(Request("tiny-en-de", "text", "abc"u8));

        var slow = Request("tiny-en-de", "text", ByteString.CopyFromUtf8(string.Concat(Enumerable.Repeat("Abc cab abc bac. ", 580))).Span);
        await Assert.ThrowsAsync<RpcException>(async () => await client.ModelInferAsync(slow, new Metadata { { "request-timeout", "50" } }));
        Assert.Equal(1, await late.ReachAsync(1));
        using var away = new CancellationTokenSource();
        var left = client.ModelInferAsync(slow, cancellationToken: away.Token);
        Assert.True(SpinWait.SpinUntil(() => translator.Queued > 0, TimeSpan.FromSeconds(30)));
        await away.CancelAsync();
        var error = await Assert.ThrowsAsync<RpcException>(async () => await left);

        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
        Assert.Equal(1, await gone.ReachAsync(1));
        Assert.Equal(1, await abandoned.ReachAsync(1));
        Assert.True(SpinWait.SpinUntil(() => translator.Queued == 0, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_port_of_its_own_is_beside_those_of_the_configuration()
    {
        using var models = new ModelFolder();
        models.Add("tiny-en-de", "en", "de");
        using var server = new ServerProcess(
            "--Models:Folder", models.Path, "--Doors:OpenInference", "true", "--Doors:GrpcPort", GrpcPort.Value);
        using var client = new HttpClient { BaseAddress = await server.ListeningAsync() };
        await ServerProcess.ReadyAsync(client);
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Port}");

        var ready = await new GRPCInferenceService.GRPCInferenceServiceClient(channel).ServerReadyAsync(new());
        var http = await RunningServer.OkAsync(await client.GetAsync("/v2/health/ready"));

        Assert.True(ready.Ready && http.GetProperty("ready").GetBoolean());
    }

    [Fact]
    public async Task What_needs_no_key_takes_no_room_of_uploads_and_no_large_message()
    {
        using var models = new ModelFolder();
        models.Add("tiny-en-de", "en", "de");
        await using var server = await new RunningServer(models.Path, [.. OpenDoors.Settings, GrpcPort]).SettledAsync();
        using var slow = new SlowContent(announced: 4000);
        using var large = new SlowContent(announced: 100_000);
        using var client = new HttpClient();
        using var small = Call("ServerLive", slow);
        using var tooLarge = Call("ServerLive", large);

        var answer = client.SendAsync(small);
        await slow.SendAsync(3000);
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.Equal(0, server.Services.GetRequiredService<UploadBudget>().Used);
        await slow.SendAsync(1000);
        slow.End();
        var refused = client.SendAsync(tooLarge);
        await large.SendAsync(100_000);
        large.End();

        Assert.Equal(HttpStatusCode.OK, (await answer).StatusCode);
        Assert.Equal("3", await StatusAsync(await refused));
        string errors = string.Join("; ", server.Logs.Where(line => line.StartsWith("Error", StringComparison.Ordinal)));
        Assert.True(errors.Length == 0, errors);
    }

    [Fact]
    public async Task A_message_that_comes_slowly_ends_at_its_deadline_and_one_without_room_says_when_to_come_again()
    {
        using var models = new ModelFolder();
        models.AddCaptioner("tiny-photos");
        await using var server = await new RunningServer(models.Path, [.. OpenDoors.Settings, GrpcPort]).SettledAsync();
        var budget = server.Services.GetRequiredService<UploadBudget>();
        var owner = server.Services.GetRequiredService<IMeterFactory>();
        using var late = new MeterCount(owner, "rnnserve.requests", new("outcome", "deadline"));
        using var overloaded = new MeterCount(owner, "rnnserve.requests", new("outcome", "overloaded"));
        using var slow = new SlowContent(announced: 10_000);
        using var request = Call("ModelInfer", slow);
        request.Headers.Add("Request-Timeout", "300");
        using var client = new HttpClient();

        var answer = client.SendAsync(request);
        await slow.SendAsync(5000);
        Assert.Equal("4", await StatusAsync(await answer));
        Assert.Equal(1, await late.ReachAsync(1));
        int all = new LimitsOptions().MaxUploadBytesTotal;
        await Waiting.UntilAsync(() => budget.Used == 0);
        budget.Take(all, "", upload: 0);
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Port}");
        var full = await Assert.ThrowsAsync<RpcException>(async () =>
            await new GRPCInferenceService.GRPCInferenceServiceClient(channel).ModelInferAsync(Request("tiny-photos", "image", "no"u8)));
        budget.Return(all, "");

        Assert.Equal("1", full.Trailers.GetValue("retry-after"));
        Assert.Equal(1, await overloaded.ReachAsync(1));
    }

    [Fact]
    public async Task A_port_that_none_of_the_web_server_s_own_addresses_has_stops_the_start()
    {
        using var models = new ModelFolder();
        using var server = new ServerProcess(
            "--Models:Folder", models.Path, "--Doors:OpenInference", "true", "--Doors:GrpcPort", GrpcPort.Value,
            "--Kestrel:Endpoints:Web:Url", "http://127.0.0.1:0");

        var (exit, lines) = await server.ExitAsync();

        Assert.NotEqual(0, exit);
        Assert.Contains(lines, line => line.Contains($"Doors:GrpcPort is {Port}, but must be the port of one of Kestrel:Endpoints", StringComparison.Ordinal));
    }

    private static HttpRequestMessage Call(string method, HttpContent content) =>
        new(HttpMethod.Post, $"http://127.0.0.1:{Port}/inference.GRPCInferenceService/{method}")
        {
            Content = content,
            Version = new(2, 0),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

    private static async Task<string?> StatusAsync(HttpResponseMessage answer)
    {
        await answer.Content.ReadAsByteArrayAsync();
        return answer.TrailingHeaders.Concat(answer.Headers).Single(header => header.Key == "grpc-status").Value.Single();
    }

    private static async Task StateAsync(GRPCInferenceService.GRPCInferenceServiceClient client)
    {
        Assert.True((await client.ServerLiveAsync(new())).Live);
        Assert.True((await client.ServerReadyAsync(new())).Ready);
        Assert.Equal("rnnserve", (await client.ServerMetadataAsync(new())).Name);
        Assert.True((await client.ModelReadyAsync(new() { Name = "tiny-en-de", Version = "1" })).Ready);
        Assert.False((await client.ModelReadyAsync(new() { Name = "tiny-en-de", Version = "2" })).Ready);
        Assert.False((await client.ModelReadyAsync(new() { Name = "nobody" })).Ready);
        var model = await client.ModelMetadataAsync(new() { Name = "tiny-photos" });
        Assert.Equal(("image", "BYTES"), (model.Inputs.Single().Name, model.Inputs.Single().Datatype));
        Assert.Equal(("caption", -1L), (model.Outputs.Single().Name, model.Outputs.Single().Shape.Single()));
    }

    private static async Task AnswersAsync(GRPCInferenceService.GRPCInferenceServiceClient client, RunningServer server)
    {
        byte[] image = TinyCaptionBundle.Image(1);
        string caption = Assert.Single(await RunningServer.CaptionsAsync(await server.CaptionAsync(image)));
        string json = $$"""{ "text": "{{OpenDoors.Text}}", "model": "tiny-en-de" }""";
        string? german = (await RunningServer.OkAsync(await server.TranslateAsync(json))).GetProperty("translations")[0].GetProperty("text").GetString();
        var text = ByteString.CopyFromUtf8(OpenDoors.Text);

        var translated = await client.ModelInferAsync(Request("tiny-en-de", "text", text.Span));
        var raw = Request("tiny-en-de", "text", default);
        raw.Inputs[0].Contents = null;
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        raw.RawInputContents.Add(ByteString.CopyFrom([.. length, .. text]));
        var translatedRaw = await client.ModelInferAsync(raw);
        var captioned = await client.ModelInferAsync(Request("tiny-photos", "image", image));

        Assert.Equal("call-1", translated.Id);
        Assert.Equal(1, Assert.Single(translated.Outputs.Single().Shape));
        Assert.Equal(german, translated.Outputs.Single().Contents.BytesContents.Single().ToStringUtf8());
        Assert.Equal(german, ByteString.CopyFrom(translatedRaw.RawOutputContents.Single().Span[4..]).ToStringUtf8());
        Assert.Equal(caption, captioned.Outputs.Single().Contents.BytesContents.Single().ToStringUtf8());
    }

    private static async Task RefusalsAsync(GRPCInferenceService.GRPCInferenceServiceClient client)
    {
        var metadata = await Assert.ThrowsAsync<RpcException>(async () => await client.ModelMetadataAsync(new() { Name = "nobody" }));
        Assert.Equal(StatusCode.NotFound, metadata.StatusCode);
        await RefusedAsync(Request("nobody", "text", "a"u8), StatusCode.NotFound, "There is no model 'nobody'");
        await RefusedAsync(Request("tiny-en-de", "other", "a"u8), StatusCode.InvalidArgument, "one tensor named 'text'");
        await RefusedAsync(Request("tiny-en-de", "text", [0xff]), StatusCode.InvalidArgument, "not valid UTF-8");
        await RefusedAsync(Request("tiny-en-de", "text", new byte[2_000_000]), StatusCode.InvalidArgument, "larger than 1048576 bytes");
        await RefusedAsync(Request("tiny-photos", "image", "no"u8), StatusCode.InvalidArgument, "image");
        await RefusedAsync(new() { ModelName = "tiny-en-de" }, StatusCode.InvalidArgument, "inputs");
        var slow = ByteString.CopyFromUtf8(string.Concat(Enumerable.Repeat("Abc cab abc bac. ", 580)));
        await RefusedAsync(
            Request("tiny-en-de", "text", slow.Span), StatusCode.DeadlineExceeded, "The deadline", new() { { "request-timeout", "2" } });

        async Task RefusedAsync(ModelInferRequest request, StatusCode code, string message, Metadata? headers = null)
        {
            var refused = await Assert.ThrowsAsync<RpcException>(async () => await client.ModelInferAsync(request, headers));
            Assert.Equal(code, refused.StatusCode);
            Assert.Contains(message, refused.Status.Detail, StringComparison.Ordinal);
        }
    }

    /// <summary>Refused while they come are messages for which all uploads together have no room, and those that are compressed.</summary>
    private static async Task NoRoomAsync(GRPCInferenceService.GRPCInferenceServiceClient client, UploadBudget budget)
    {
        int all = new LimitsOptions().MaxUploadBytesTotal;
        budget.Take(all, "", upload: 0);
        var full = await Assert.ThrowsAsync<RpcException>(async () => await client.ModelInferAsync(Request("tiny-photos", "image", "no"u8)));
        budget.Return(all, "");
        var gzip = new Metadata { { "grpc-internal-encoding-request", "gzip" } };
        var compressed = await Assert.ThrowsAsync<RpcException>(
            async () => await client.ModelInferAsync(Request("tiny-en-de", "text", "abc"u8), gzip));

        Assert.Equal(StatusCode.ResourceExhausted, full.StatusCode);
        Assert.Contains("would exceed the limit", full.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(StatusCode.Unimplemented, compressed.StatusCode);
        Assert.True(SpinWait.SpinUntil(() => budget.Used == 0, TimeSpan.FromSeconds(20)));
    }

    private static ModelInferRequest Request(string model, string input, ReadOnlySpan<byte> element)
    {
        var tensor = new ModelInferRequest.Types.InferInputTensor { Name = input, Datatype = "BYTES", Shape = { 1 }, Contents = new() };
        tensor.Contents.BytesContents.Add(ByteString.CopyFrom(element));
        return new ModelInferRequest { ModelName = model, Id = "call-1", Inputs = { tensor } };
    }
}
