using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RnnServe.Inference.Scheduling;
using RnnServe.Server.Keys;
using RnnServe.Server.Settings;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Server;

public class StartTests
{
    [Theory]
    [InlineData("--Limits:MaxTexts=0", "MaxTexts")]
    [InlineData("--Limits:MaxTexts=257", "MaxTexts")]
    [InlineData("--Limits:MaxTexts=many", "Limits:MaxTexts")]
    [InlineData("--Limits:MaxTxts=5", "Limits:MaxTxts is not a setting; the nearest is Limits:MaxTexts.")]
    [InlineData("--Limits:MaxTexts:0=5", "Limits:MaxTexts:0 is not a setting; the nearest is Limits:MaxTexts.")]
    [InlineData("--Limit:MaxTexts=5", "Limit:MaxTexts is not a setting; the nearest is Limits:MaxTexts.")]
    [InlineData("-Limits:MaxTexts=64", "'-Limits:MaxTexts' has one dash; a setting is written --Limits:MaxTexts VALUE.")]
    [InlineData("--Doors:GrpcPort", "--Doors:GrpcPort has no value")]
    [InlineData("tranlate", "'tranlate' is neither a command, which comes first (the nearest is translate), nor a setting")]
    [InlineData("--Proxy:Trusted=10.0.0.0/8", "Proxy:Trusted is a list, whose first value is written Proxy:Trusted:0.")]
    [InlineData("--Browsers:Origins=https://a.example", "Browsers:Origins is a list, whose first value is written Browsers:Origins:0.")]
    [InlineData("--Models:Canary=10", "Models:Canary has a value for each name, which is written Models:Canary:NAME.")]
    [InlineData("--Limits:MaxCharactersPerRequest=5", "MaxCharactersPerRequest (5) must be at least MaxCharactersPerText (10000)")]
    [InlineData("--Limits:MaxImages=0", "MaxImages")]
    [InlineData("--Limits:MaxPixels=0", "MaxPixels")]
    [InlineData("--Limits:MaxUploadBytesTotal=30000000", "MaxUploadBytesTotal (30000000) must be at least MaxUploadBytes (33554432)")]
    [InlineData("--Limits:MaxUploadBytes=2000", "MaxUploadBytes (2000) must be at least MaxImageBytes (10485760)")]
    [InlineData("--Limits:MaxRequestTimeoutMs=5", "MaxRequestTimeoutMs (5) must be at least RequestTimeoutMs (60000)")]
    [InlineData("--Batching:MaxQueued=0", "MaxQueued must be between 2 and 1000000")]
    [InlineData("--Batching:MaxRows=16385", "MaxRows must be between 0 and 16384")]
    [InlineData("--Batching:Workers=-1", "Workers")]
    [InlineData("--ThreadPool:IntraOpThreads=0", "IntraOpThreads")]
    [InlineData("--Devices:Provider=gpu", "Provider must be cpu or cuda.")]
    [InlineData("--Devices:Provider=cuda", "build it with -p:OnnxRuntimePackage=Microsoft.ML.OnnxRuntime.Gpu, or choose the provider 'cpu'.")]
    [InlineData("--Doors:GrpcPort=5001", "GrpcPort (5001) needs OpenInference to be true.")]
    [InlineData("--Telemetry:Prometheus=maybe", "Telemetry:Prometheus")]
    [InlineData("--Telemetry:OtlpEndpoint=localhost:4317", "OtlpEndpoint is 'localhost:4317'; it must be an address such as http://localhost:4317.")]
    [InlineData("--Telemetry:OtlpProtocol=thrift", "OtlpProtocol must be grpc or http/protobuf.")]
    [InlineData("--Models:Folder=", "Folder")]
    [InlineData("--Models:Precision=fp16", "Precision must be fp32 or int8")]
    [InlineData("--Models:WatchSeconds=0", "WatchSeconds must be between 1 and 3600")]
    [InlineData("--Models:Canary:tiny=100", "Canary:tiny (100) must be an integer from 0 to 99.")]
    [InlineData("--Models:Canary:tiny=some", "Canary:tiny (some) must be an integer from 0 to 99.")]
    public async Task A_bad_setting_stops_the_start_with_its_name_in_one_line(string setting, string named)
    {
        using var server = new ServerProcess(setting);

        var (exitCode, lines) = await server.ExitAsync();

        Assert.NotEqual(0, exitCode);
        var line = Assert.Single(lines);
        Assert.Contains(named, line, StringComparison.Ordinal);
        Assert.StartsWith("RnnServe did not start:", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_models_lives_says_what_is_missing_and_ends_with_code_0_on_sigterm()
    {
        using var server = new ServerProcess("--Models:Folder", "no-such-folder");
        using var client = new HttpClient { BaseAddress = await server.ListeningAsync() };

        await RunningServer.OkAsync(await client.GetAsync("/health/live"));
        var problem = await RunningServer.ProblemAsync(await client.GetAsync("/health/ready"), HttpStatusCode.ServiceUnavailable);
        server.Terminate();
        var (exitCode, lines) = await server.ExitAsync();

        Assert.Equal("The models folder 'no-such-folder' does not exist.", problem.GetProperty("detail").GetString());
        Assert.Equal(0, exitCode);
        var said = Assert.Single(lines, line => line.Contains("Looked in: ", StringComparison.Ordinal));
        for (var place = new DirectoryInfo(AppContext.BaseDirectory); place is not null; place = place.Parent)
            Assert.Contains(Path.Combine(place.FullName, "no-such-folder"), said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_above_the_program_are_found_wherever_it_is_started()
    {
        using var elsewhere = new TemporaryFolder();
        using var server = new ServerProcess(new DirectoryInfo(AppContext.BaseDirectory), elsewhere.Path, []);
        using var client = new HttpClient { BaseAddress = await server.ListeningAsync() };

        await ServerProcess.ReadyAsync(client);

        var models = (await RunningServer.OkAsync(await client.GetAsync("/v1/models"))).GetProperty("models");
        Assert.Equal(
            Directory.EnumerateDirectories(TestData.InRepository("models")).Select(Path.GetFileName).Order(StringComparer.Ordinal),
            models.EnumerateArray().Select(model => model.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task A_stopping_server_answers_what_is_in_flight()
    {
        using var models = new ModelFolder();
        models.Add("tiny", "en", "de");
        using var server = new ServerProcess("--Models:Folder", models.Path);
        using var client = new HttpClient { BaseAddress = await server.ListeningAsync() };
        await ServerProcess.ReadyAsync(client);

        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/translate");
        request.Content = RunningServer.Json(Requests.Slow(texts: 1, sentences: 40));
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var inFlight = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        server.Terminate();
        string events = await inFlight.Content.ReadAsStringAsync();
        var (exitCode, _) = await server.ExitAsync();

        Assert.Contains("event: result", events, StringComparison.Ordinal);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public async Task A_stopping_server_waits_for_what_is_in_flight_as_long_as_it_is_told_and_no_longer()
    {
        using var models = new ModelFolder();
        models.Add("tiny", "en", "de");
        using var server = new ServerProcess("--Models:Folder", models.Path, "--Limits:DrainMs", "1000");
        using var client = new HttpClient { BaseAddress = await server.ListeningAsync() };
        await ServerProcess.ReadyAsync(client);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/translate");
        request.Content = RunningServer.Json(Requests.Slow(texts: 1, sentences: 500));
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var inFlight = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        var clock = Stopwatch.StartNew();
        server.Terminate();
        await server.ExitAsync();

        // The default is 25 seconds, the host's own 30.
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task A_server_that_was_told_to_stop_says_so_to_balancers_and_begins_nothing_new()
    {
        using var models = new ModelFolder();
        models.Add("tiny", "en", "de");
        await using var server = await new RunningServer(models.Path).SettledAsync();
        var lifetime = server.Services.GetRequiredService<IHostApplicationLifetime>();
        using var goOn = new ManualResetEventSlim();

        // It still listens until whoever is told of the end has been.
        using var told = lifetime.ApplicationStopping.Register(() => goOn.Wait(TimeSpan.FromSeconds(60)));
        var stopping = Task.Run(lifetime.StopApplication, TestContext.Current.CancellationToken);
        await Waiting.UntilAsync(() => lifetime.ApplicationStopping.IsCancellationRequested);
        var ready = await RunningServer.ProblemAsync(await server.Client.GetAsync("/health/ready"), HttpStatusCode.ServiceUnavailable);
        var refused = await RunningServer.ProblemAsync(
            await server.TranslateAsync("""{ "text": "abc" }"""), HttpStatusCode.ServiceUnavailable);
        var live = await server.Client.GetAsync("/health/live");
        goOn.Set();
        await stopping;

        Assert.Equal("The server is draining.", ready.GetProperty("detail").GetString());
        Assert.Equal("The server is stopping.", refused.GetProperty("detail").GetString());
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }

    [Fact]
    public async Task A_pool_of_threads_for_all_models_gives_the_same_answers()
    {
        using var models = new ModelFolder();
        models.Add("tiny", "en", "de");
        var answers = new List<string?>();
        foreach (var threads in (string[])["1", "2"])
        {
            using var server = new ServerProcess("--Models:Folder", models.Path, "--ThreadPool:IntraOpThreads", threads);
            using var client = new HttpClient { BaseAddress = await server.ListeningAsync() };
            await ServerProcess.ReadyAsync(client);
            var body = RunningServer.Json("""{ "text": ["abc", "Cab. Bac!"], "alternatives": 2 }""");
            var answer = await RunningServer.OkAsync(await client.PostAsync("/v1/translate", body));
            answers.Add(answer.GetRawText());
        }

        Assert.Equal(answers[0], answers[1]);
    }

    [Fact]
    public async Task The_console_names_the_address_of_the_page_and_the_models()
    {
        using var models = new ModelFolder();
        models.Add("tiny", "en", "de");
        using var server = new ServerProcess("--Models:Folder", models.Path);
        using var client = new HttpClient { BaseAddress = await server.ListeningAsync() };
        await ServerProcess.ReadyAsync(client);

        server.Terminate();
        var (_, lines) = await server.ExitAsync();

        Assert.Contains(lines, l => l.Contains($"{client.BaseAddress!.ToString().TrimEnd('/')}: try it there in a browser", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("Serving tiny 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_writes_no_line_even_where_the_settings_file_is_not_read()
    {
        using var elsewhere = new ModelFolder();
        elsewhere.Add("tiny", "en", "de");
        using var server = new ServerProcess("--contentRoot", elsewhere.Path, "--Models:Folder", ".");
        using var client = new HttpClient { BaseAddress = await server.ListeningAsync() };
        await ServerProcess.ReadyAsync(client);

        await RunningServer.OkAsync(await client.PostAsync("/v1/translate", RunningServer.Json("{ \"text\": \"abc\" }")));
        server.Terminate();
        var (_, lines) = await server.ExitAsync();

        Assert.Contains(lines, l => l.Contains("Serving tiny 1", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, l => l.Contains("/v1/translate", StringComparison.Ordinal));
    }

    [Fact]
    public void The_settings_file_documents_every_option_with_its_default()
    {
        var path = TestData.InRepository("src", "RnnServe.Server", "appsettings.json");
        var skip = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip };
        var file = JsonNode.Parse(File.ReadAllText(path), documentOptions: skip)!;

        Assert.Equal(Defaults(new ModelsOptions()), file["Models"]!.ToJsonString());
        Assert.Equal(Defaults(new LimitsOptions()), file["Limits"]!.ToJsonString());
        Assert.Equal(Defaults(new BatchingOptions()), file["Batching"]!.ToJsonString());
        Assert.Equal(Defaults(new ThreadingOptions()), file["ThreadPool"]!.ToJsonString());
        Assert.Equal(Defaults(new DevicesOptions()), file["Devices"]!.ToJsonString());
        Assert.Equal(Defaults(new TelemetryOptions()), file["Telemetry"]!.ToJsonString());
        Assert.Equal(Defaults(new KeysOptions()), file["Keys"]!.ToJsonString());
    }

    private static string Defaults<T>(T options) => JsonSerializer.Serialize(options);
}
