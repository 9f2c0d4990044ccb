using System.Text.Json;
using RnnServe.Tests.Classify;

namespace RnnServe.Tests.Server.Doors;

/// <summary>A server with every door open and tiny models of every kind, for tests that change nothing.</summary>
[CollectionDefinition(nameof(OpenDoors))]
public sealed class OpenDoors : IAsyncLifetime, ICollectionFixture<OpenDoors>
{
    /// <summary>A text whose translation is not empty.</summary>
    public const string Text = "A bad cab.";

    /// <summary>Settings that open every door.</summary>
    internal static readonly (string Key, string Value)[] Settings =
    [
        ("Doors:DeepL", "true"),
        ("Doors:LibreTranslate", "true"),
        ("Doors:HuggingFace", "true"),
        ("Doors:MaxCaption", "true"),
        ("Doors:OpenInference", "true"),
    ];

    private readonly ModelFolder models = new();

    internal RunningServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        models.Add("tiny-en-de", "en", "de");
        models.Add("tiny-de-en", "de", "en");
        models.AddCaptioner("tiny-photos");
        TinyClassifyBundle.Create(models.Path, "tiny-colours");
        Server = await new RunningServer(models.Path, Settings).SettledAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        models.Dispose();
    }

    /// <summary>What /v1/translate answers.</summary>
    internal async Task<string[]> TranslateAsync(string model, params string[] text)
    {
        var answer = await RunningServer.OkAsync(await Server.TranslateAsync(JsonSerializer.Serialize(new { model, text })));
        return [.. answer.GetProperty("translations").EnumerateArray().Select(one => one.GetProperty("text").GetString()!)];
    }

    /// <summary>What /v1/caption answers.</summary>
    internal async Task<string> CaptionAsync(byte[] image, string query = "") =>
        Assert.Single(await RunningServer.CaptionsAsync(await Server.CaptionAsync(image, query)));
}
