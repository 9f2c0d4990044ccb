using System.Net;
using Microsoft.Extensions.DependencyInjection;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Scheduling;
using RnnServe.Server.Catalog;
using RnnServe.Server.Kinds.Translate;

namespace RnnServe.Tests.Server;

/// <summary>The server in states that pass quickly, held still by a catalog that the test fills.</summary>
public sealed class LoadingTests : IAsyncDisposable
{
    // Without its loader the catalog stays as it is.
    private readonly RunningServer server = new(
        "no-such-folder",
        services => services.Remove(services.Single(s => s.ImplementationType == typeof(ModelLoader))),
        ("Limits:RetryAfterSeconds", "3"));

    private ModelCatalog Catalog => server.Services.GetRequiredService<ModelCatalog>();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task While_a_model_loads_the_server_lives_and_says_when_to_try_again()
    {
        await Catalog.Set(new CatalogEntry("slow"));

        var live = await server.Client.GetAsync("/health/live");
        var list = await RunningServer.OkAsync(await server.Client.GetAsync("/v1/models"));
        HttpResponseMessage[] refused =
        [
            await server.Client.GetAsync("/health/ready"),
            await server.TranslateAsync("""{ "text": "a" }"""),
            await server.TranslateAsync("""{ "text": "a", "model": "slow" }"""),
            await server.TranslateAsync("""{ "text": "a", "source": "en", "target": "de" }"""),
        ];

        await RunningServer.OkAsync(live);
        Assert.Equal("loading", list.GetProperty("models")[0].GetProperty("state").GetString());
        foreach (var response in refused)
        {
            var problem = await RunningServer.ProblemAsync(response, HttpStatusCode.ServiceUnavailable);
            Assert.Contains("oading", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
            Assert.Equal(TimeSpan.FromSeconds(3), response.Headers.RetryAfter?.Delta);
        }
    }

    [Fact]
    public async Task A_model_that_is_ready_answers_by_name_while_another_loads()
    {
        using var models = new ModelFolder();
        var folder = models.Add("quick", "en", "de").Path;
        var translator = await Translator.LoadAsync(folder, new BatchingOptions());
        await Catalog.Set(new CatalogEntry("quick") { Version = 1, State = ModelState.Ready, Handle = new ModelHandle(translator), Kind = TranslateKind.Model });
        await Catalog.Set(new CatalogEntry("slow"));

        await RunningServer.OkAsync(await server.TranslateAsync("""{ "text": "a", "model": "quick" }"""));
    }

    [Fact]
    public async Task A_fault_of_the_server_shows_neither_its_insides_nor_the_request()
    {
        await Catalog.Set(new CatalogEntry("broken")
        {
            Version = 1,
            State = ModelState.Ready,
            Handle = new ModelHandle(new BrokenModel()),
            Kind = TranslateKind.Model,
        });

        var response = await server.TranslateAsync("""{ "text": "zyxwvut", "model": "broken" }""");

        var problem = await RunningServer.ProblemAsync(response, HttpStatusCode.InternalServerError);
        Assert.DoesNotContain("Exception", problem.GetRawText(), StringComparison.Ordinal);
        var fault = Assert.Single(server.Logs, l => l.Contains(nameof(InvalidTimeZoneException), StringComparison.Ordinal));
        Assert.Contains("/v1/translate", fault, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Logs, l => l.Contains("of its insides", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Logs, l => l.Contains("zyxwvut", StringComparison.Ordinal));
    }

    /// <summary>Fails as no model does, so that nothing expects it.</summary>
    private sealed class BrokenModel : IModel
    {
        public ModelBundle Bundle => throw new InvalidTimeZoneException("some of its insides");

        public string Precision => "fp32";

        public int Queued => 0;

        public int MaxRows => 1;

        public Task<CanaryAnswer> AnswerCanaryAsync(string input, CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
