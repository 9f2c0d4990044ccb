using Microsoft.Extensions.DependencyInjection;
using RnnServe.Client;

namespace RnnServe.Tests.Client;

/// <summary>The client's page, executed.</summary>
public sealed class ReadmeExample(ClientServer running) : IClassFixture<ClientServer>
{
    [Fact]
    public void The_registration_works()
    {
        var services = new ServiceCollection();

        services.AddRnnServeClient(new Uri("http://localhost:8080"));

        using var provider = services.BuildServiceProvider();
        Assert.NotNull(provider.GetRequiredService<RnnServeClient>());
    }

    [Fact]
    public async Task The_calls_work()
    {
        var client = running.Client;
        string path = TestData.InRepository("samples", "photos", "dog.jpg");

        var answer = await client.TranslateAsync(new("A dog runs.", "Two men sing.") { Source = "en", Target = "de" });
        foreach (var translation in answer.Translations)
            Console.WriteLine($"{translation.Text} ({translation.Confidence:P0})");

        await foreach (var part in client.TranslateStreamAsync(new("A dog runs through the grass.") { Source = "en", Target = "de" }))
            Console.Write(part.Text);

        byte[] photo = await File.ReadAllBytesAsync(path);
        var caption = await client.CaptionAsync(photo, new() { BeamSize = 3 });

        try
        {
            await client.TranslateAsync(new("A dog runs.") { Source = "en", BeamSize = 99 });
        }
        catch (RnnServeException refused)
        {
            Console.WriteLine($"{refused.StatusCode}: {refused.Detail}");       // refused.Errors has it by field
        }

        Assert.Equal(2, answer.Translations.Count);
        Assert.Single(caption.Captions);
    }
}
