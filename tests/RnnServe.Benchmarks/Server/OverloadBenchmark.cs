using System.CommandLine;
using RnnServe.Training.Drawings;

namespace RnnServe.Benchmarks;

/// <summary>overload: far more callers than the server can answer, with texts of all sizes and photos: what it refuses and how soon, and
/// what becomes of what it accepted.</summary>
internal static class OverloadBenchmark
{
    /// <summary>Growth of memory, and milliseconds that a refusal may take.</summary>
    private const double MostGrowth = 0.05, MostRefusal = 10;

    /// <summary>Connections before the overload, as many as keep all workers busy.</summary>
    private const int Usual = 16;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(20);
    private static readonly int[] Sizes = [1, 1, 1, 1, 4, 16, 64];

    public static Command Create()
    {
        var images = new Argument<DirectoryInfo>("images") { Description = "Folder of photos to caption." }.AcceptExistingOnly();
        var models = new Option<DirectoryInfo>("--models")
        {
            Description = "Folder of the models to serve.",
            DefaultValueFactory = _ => new DirectoryInfo("models"),
        };
        var callers = new Option<int>("--callers") { Description = "Connections of the overload.", DefaultValueFactory = _ => 500 };
        var translator = Name("--translator", "Model for texts.", "multi30k-en-de");
        var captioner = Name("--captioner", "Model for photos.", "flickr8k-small");
        var queue = new Option<int>("--queue") { Description = "Sentences that may wait.", DefaultValueFactory = _ => 512 };
        var seconds = CommonOptions.Seconds(60);
        var command = new Command("overload", "The built server with far more callers than it can answer; exit code 1 when that is not met well.")
        {
            CommonOptions.Texts, images, models, callers, translator, captioner, queue, seconds, CommonOptions.Take, CommonOptions.Output,
        };
        command.SetAction(async (arguments, stop) =>
        {
            var report = Report.Start("overload", "", arguments);
            int places = arguments.GetValue(queue);
            string folder = arguments.GetRequiredValue(models).FullName;
            // What is remembered of photos would be memory on purpose.
            using var server = await ServerProcess.StartAsync(folder, "--Batching:MaxQueued", $"{places}", "--Limits:ImageCacheBytes", "0");
            var photos = HttpRequests.Photos(server.Client, arguments.GetRequiredValue(images), arguments.GetValue(captioner), 4);
            var overload = new Overload(server, Mixed(server, arguments.Sentences(), arguments.GetRequiredValue(translator), photos), report)
            {
                Callers = arguments.GetValue(callers),
                Places = places,
                Seconds = arguments.GetValue(seconds),
            };
            bool good = await overload.RunAsync(stop);
            report.Save();
            return good ? 0 : 1;
        });
        return command;
    }

    private static Option<string> Name(string name, string description, string usual) =>
        new(name) { Description = description, DefaultValueFactory = _ => usual };

    /// <summary>Texts of one sentence up to many, and every eighth request a photo.</summary>
    private static Ask Mixed(ServerProcess server, string[] sentences, string translator, HttpRequests photos)
    {
        Ask[] texts = [.. Sizes.Select(size => (Ask)new RecordedAnswers(
            HttpRequests.Texts(server.Client, TextRequests.Of(sentences, size), translator, 5)).AskAsync)];
        Ask[] all = [.. texts, new RecordedAnswers(photos).AskAsync];
        return (number, stop) => all[number % all.Length](number / all.Length, stop);
    }

    private sealed class Overload(ServerProcess server, Ask ask, Report report)
    {
        public required int Callers { get; init; }

        public required int Places { get; init; }

        public required double Seconds { get; init; }

        public async Task<bool> RunAsync(CancellationToken stop)
        {
            // Every request is answered once, so that there is something to hold the answers of the overload against.
            var calm = await new Load(ask, Seconds).ClosedAsync(Usual, stop);
            await Task.Delay(Pause, stop);
            double before = server.Megabytes;
            var result = await new Load(ask, Seconds).ClosedAsync(Callers, stop);
            double during = server.Megabytes;
            await Task.Delay(Pause, stop);
            double after = server.Megabytes;

            report.Say($"Requests of {string.Join(", ", Sizes.Distinct())} sentences with beam 5, and every eighth one a photo; at most {Places} "
                + $"sentences of a model waiting. First {Usual} connections, then {Callers}, each asking again as soon as it is answered or refused.");
            report.Header(
                "connections", "answered/s", "answered", "refused (429)", "anything else", "p50", "p95", "p99", "refusal p50", "p95", "p99");
            Row(Usual, calm);
            Row(Callers, result);

            // What waits at most, at the rate at which requests are answered, and the time that a request takes among others.
            double bound = (Places / calm.Rate * 1000) + calm.Percentile(0.99), growth = (after - before) / before;
            bool good = result.Count(Load.Answered) > 0 && Others(result) == 0 && Others(calm) == 0 && result.Percentile(0.95) <= bound
                && Measured.Percentile(result.Times(Load.Refused), 0.5) <= MostRefusal && growth <= MostGrowth;
            report.Say($"p95 of what was accepted: {result.Percentile(0.95):F0} ms (at most {bound:F0} ms: the queue's places by the rate of "
                + $"{Usual} connections, and their p99). Physical memory {before:F0} MB before, {during:F0} MB at the end of the overload, {after:F0} MB after a pause of "
                + $"{Pause.TotalSeconds:F0} s: {growth:P1} (at most {MostGrowth:P0}). {(good ? "Good." : "Not as it should be.")}");
            Curve[] curves = [Curve("answered", result.Times()), Curve("refused", result.Times(Load.Refused))];
            report.Picture("times", new Chart("Answers and refusals", "share of the requests", "ms", curves) { FromZero = true });
            return good;
        }

        private static Curve Curve(string name, IEnumerable<double> times)
        {
            double[] all = [.. times.Order()];
            return new(name, [.. Enumerable.Range(0, 100).Where(_ => all.Length > 0).Select(i => (i / 100d, all[all.Length * i / 100]))]);
        }

        private static int Others(LoadResult result) => result.Answers.Count(a => a.Status is not (Load.Answered or Load.Refused));

        private void Row(int connections, LoadResult result) => report.Row(
            $"{connections}",
            $"{result.Rate:F0}",
            $"{result.Count(Load.Answered)}",
            $"{result.Count(Load.Refused)}",
            $"{Others(result)}",
            Measured.Percentiles(result.Times()),
            Measured.Percentiles(result.Times(Load.Refused)));
    }
}
