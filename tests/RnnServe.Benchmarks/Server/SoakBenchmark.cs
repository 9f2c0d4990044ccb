using System.CommandLine;
using System.Net.Http.Json;
using System.Text.Json;
using RnnServe.Training;

namespace RnnServe.Benchmarks;

/// <summary>soak: whether the server's memory stays the same over very many requests, and how soon it is ready.</summary>
internal static class SoakBenchmark
{
    private const int Starts = 5;

    public static Command Create()
    {
        var images = new Argument<DirectoryInfo>("images") { Description = "Folder of photos to caption." }.AcceptExistingOnly();
        var models = new Option<DirectoryInfo>("--models")
        {
            Description = "Folder of the models to serve.",
            DefaultValueFactory = _ => new DirectoryInfo("models"),
        };
        var translations = Number("--translations", "Requests for a translation, in turn to each model that translates.", 100_000);
        var captions = Number("--captions", "Requests for a caption.", 5_000);
        var minutes = new Option<double>("--minutes") { Description = "When to stop at the latest.", DefaultValueFactory = _ => 10 };
        var words = Number("--words", "Words that are taken of each sentence, so that the requests are done in time.", 6);
        var many = Number("--texts-per-request", "Texts in one request.", 1);
        var beam = CommonOptions.Beam(1);
        var command = new Command("soak", "Memory of the built server over very many requests; exit code 1 when it grows or is too much.")
        {
            CommonOptions.Texts, images, models, translations, captions, minutes, words, many, beam, CommonOptions.Take, CommonOptions.Output,
        };
        command.SetAction(async (arguments, stop) =>
        {
            var settings = new SoakSettings
            {
                Sentences = arguments.Sentences(),
                Images = arguments.GetRequiredValue(images),
                Translations = arguments.GetValue(translations),
                Captions = arguments.GetValue(captions),
                Minutes = arguments.GetValue(minutes),
                Words = arguments.GetValue(words),
                TextsPerRequest = arguments.GetValue(many),
                Beam = arguments.GetValue(beam),
            };
            return await RunAsync(arguments.GetRequiredValue(models).FullName, settings, Report.Start("soak", "", arguments), stop);
        });
        return command;
    }

    /// <returns>The exit code.</returns>
    private static async Task<int> RunAsync(string models, SoakSettings settings, Report report, CancellationToken stop)
    {
        var starts = new List<double>();
        for (int i = 1; i < Starts; i++)
        {
            using var tried = await ServerProcess.StartAsync(models);
            starts.Add(tried.StartTime.TotalSeconds);
        }

        using var server = await ServerProcess.StartAsync(models);
        starts.Add(server.StartTime.TotalSeconds);
        var served = await ModelsAsync(server.Client, stop);
        report.Say($"Models: {string.Join(", ", served.Select(m => $"{m.Name} ({m.Precision})"))}.");
        report.Say($"From the start of the process until every model answers: {Measured.Spread(starts, 2)} s, {Starts} starts.");
        bool good = await new Soak(server, settings, served).RunAsync(report, stop);
        report.Save();
        return good ? 0 : 1;
    }

    private static Option<int> Number(string name, string description, int usual) =>
        new(name) { Description = description, DefaultValueFactory = _ => usual };

    private static async Task<IReadOnlyList<ServedModel>> ModelsAsync(HttpClient client, CancellationToken stop) =>
        (await client.GetFromJsonAsync<ServedModels>(new Uri("/v1/models", UriKind.Relative), JsonSerializerOptions.Web, stop))?.Models
            ?? throw new UserException("The server has no list of models.");

    private sealed record ServedModels(IReadOnlyList<ServedModel> Models);
}

/// <summary>A model as the server lists it.</summary>
internal sealed record ServedModel(string Name, string Task, string Precision);

/// <summary>What is sent.</summary>
internal sealed record SoakSettings
{
    public required string[] Sentences { get; init; }

    public required DirectoryInfo Images { get; init; }

    public required int Translations { get; init; }

    public required int Captions { get; init; }

    public required double Minutes { get; init; }

    /// <summary>Words that are taken of each sentence.</summary>
    public required int Words { get; init; }

    public required int TextsPerRequest { get; init; }

    public required int Beam { get; init; }
}
