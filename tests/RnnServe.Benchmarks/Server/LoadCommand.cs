using System.CommandLine;
using RnnServe.Training;
using RnnServe.Training.Data;

namespace RnnServe.Benchmarks;

/// <summary>load: sends texts or photos to a running server, and says how many were answered and how soon.</summary>
internal static class LoadCommand
{
    public static Command Create()
    {
        var server = new Option<string>("--server")
        {
            Description = "Address of the server.",
            DefaultValueFactory = _ => "http://localhost:8080",
        };
        var texts = new Option<FileInfo?>("--texts") { Description = "Sentences to translate, one a line, plain or .gz." };
        var images = new Option<DirectoryInfo?>("--images") { Description = "Folder of photos to caption." };
        var model = new Option<string?>("--model") { Description = "Model to ask. Default: the server's only one." };
        var beam = CommonOptions.Beam(5);
        var many = new Option<int>("--texts-per-request") { Description = "Texts in one request.", DefaultValueFactory = _ => 1 };
        var callers = new Option<int>("--callers")
        {
            Description = "Closed loop: callers that send a request when the last one is answered.",
            DefaultValueFactory = _ => 64,
        };
        var rate = new Option<double>("--rate") { Description = "Open loop: requests a second, which arrive at random." };
        var seconds = CommonOptions.Seconds(10);
        var command = new Command("load", "A running server, yours for instance: answers a second and their times.")
        {
            server, texts, images, model, beam, many, callers, rate, seconds, CommonOptions.Output,
        };
        command.SetAction(async (arguments, stop) =>
        {
            using var client = HttpRequests.Connect(arguments.GetRequiredValue(server));
            var (name, width, perRequest) = (arguments.GetValue(model), arguments.GetValue(beam), arguments.GetValue(many));
            var requests = arguments.GetValue(images) is { } folder
                ? HttpRequests.Photos(client, folder, name, width)
                : HttpRequests.Texts(client, TextRequests.Of([.. Lines(arguments.GetValue(texts))], perRequest), name, width);
            var load = new Load(requests.AskAsync, arguments.GetValue(seconds));
            var result = await (arguments.GetValue(rate) is > 0 and var perSecond
                ? load.OpenAsync(perSecond, stop)
                : load.ClosedAsync(arguments.GetValue(callers), stop));
            Write(Report.Start("load", name ?? "", arguments), result, arguments.GetValue(images) is null ? perRequest : 1);
            return 0;
        });
        return command;
    }

    private static void Write(Report report, LoadResult result, int perRequest)
    {
        report.Say($"{result.Rate * perRequest:F1} answers a second; a request has {perRequest}.");
        report.Header("status", "requests", "p50", "p95", "p99");
        foreach (int status in result.Statuses)
        {
            string name = status == Load.NoAnswer ? "no answer" : $"{status}";
            report.Row(name, $"{result.Count(status)}", Measured.Percentiles(result.Times(status)));
        }

        report.Save();
    }

    private static IEnumerable<string> Lines(FileInfo? file) =>
        ParallelCorpus.ReadLines((file ?? throw new UserException("Give --texts or --images.")).FullName)
            .Where(line => !string.IsNullOrWhiteSpace(line));
}
