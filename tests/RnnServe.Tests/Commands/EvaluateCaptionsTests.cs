using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Commands;

public sealed class EvaluateCaptionsTests : IDisposable
{
    private const int Photos = 19;

    private readonly TemporaryFolder folder = new();

    public EvaluateCaptionsTests()
    {
        Directory.CreateDirectory(In("images"));
        for (int i = 0; i < Photos; i++)
            File.WriteAllBytes(In($"images/{i}.jpg"), TinyCaptionBundle.Image(i));
        Write("val.txt", string.Concat(Enumerable.Range(0, Photos).Select(i => $"{i}.jpg\n")));
        Write("captions.tsv", string.Concat(Enumerable.Range(0, Photos + 1).Select(
            i => $"{i}.jpg#0\tA dog number {i} runs , it jumps .\n{i}.jpg#1\tsomething else\n")));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_file_of_captions_is_scored_by_name_in_any_order()
    {
        Write("hypotheses", string.Concat(Enumerable.Range(0, Photos).Reverse().Select(i => $"{i}.jpg\ta dog number {i} runs it jumps\n")));

        var (code, output, errors) = await EvaluateAsync("--hypotheses", In("hypotheses"));

        Assert.Equal((0, ""), (code, errors));
        string[] lines = output.Split(Environment.NewLine);
        Assert.StartsWith("BLEU-1..4 = 100.00 / 100.00 / 100.00 / 100.00  CIDEr-D = ", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("images = 19", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("nrefs:2|case:lc|tok:caption|smooth:tiny|cider:d,n4,sigma6|version:rnnserve-", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bundle_captions_the_photos_of_the_split()
    {
        string bundle = TinyCaptionBundle.Create(folder.Path, "tiny");
        await using var captioner = await Captioner.LoadAsync(bundle, new BatchingOptions { Workers = 1 });
        ReadOnlyMemory<byte>[] files = [.. Enumerable.Range(0, Photos).Select(i => (ReadOnlyMemory<byte>)TinyCaptionBundle.Image(i))];
        var expected = await captioner.CaptionAsync(files, new SearchOptions { BeamSize = 2, LengthPenalty = 1 }, default);

        var (code, output, errors) = await EvaluateAsync(
            "--images", In("images"), "--model", In("tiny"), "--beam", "2", "--length-penalty", "1", "-o", In("out"));

        Assert.Equal((0, ""), (code, errors));
        Assert.Equal(expected.Select((c, i) => $"{i}.jpg\t{c.Text}"), File.ReadAllLines(In("out")));
        Assert.Equal(output, (await EvaluateAsync("--hypotheses", In("out"))).Output);
    }

    [Fact]
    public async Task A_server_is_sent_several_photos_at_a_time_and_keeps_their_order()
    {
        var requests = new List<(string Query, int Images)>();
        await using var server = WebApplication.Create();
        server.Urls.Add("http://127.0.0.1:0");
        server.MapPost("/v1/caption", async (HttpRequest request) =>
        {
            var files = (await request.ReadFormAsync()).Files;
            requests.Add((request.QueryString.Value!, files.Count));
            Assert.All(files, file => Assert.Equal("image", file.Name));
            return Results.Json(new { captions = files.Select(file => new { text = $"photo {NumberOf(file)}" }) });
        });
        await server.StartAsync();

        var (code, _, errors) = await EvaluateAsync(
            "--images", In("images"), "--server", server.Urls.First(), "--model", "a b", "--beam", "3", "--length-penalty", "0.5", "-o", In("out"));

        Assert.Equal((0, ""), (code, errors));
        Assert.Equal([8, 8, 3], requests.Select(r => r.Images));
        Assert.All(requests, r => Assert.Equal("?model=a%20b&beamSize=3&lengthPenalty=0.5", r.Query));
        Assert.Equal(Enumerable.Range(0, Photos).Select(i => $"{i}.jpg\tphoto {i}"), File.ReadAllLines(In("out")));
    }

    [Fact]
    public async Task Photos_that_are_too_much_for_a_server_together_are_sent_in_halves()
    {
        var sizes = new List<int>();
        await using var server = WebApplication.Create();
        server.Urls.Add("http://127.0.0.1:0");
        server.MapPost("/v1/caption", async (HttpRequest request) =>
        {
            var files = (await request.ReadFormAsync()).Files;
            sizes.Add(files.Count);
            return files.Count > 3 ? Results.Problem("Too large.", statusCode: 413)
                : Results.Json(new { captions = files.Select(file => new { text = $"photo {NumberOf(file)}" }) });
        });
        await server.StartAsync();

        var (code, _, errors) = await EvaluateAsync("--images", In("images"), "--server", server.Urls.First(), "-o", In("out"));

        Assert.Equal((0, ""), (code, errors));
        Assert.Equal([8, 4, 2, 2, 4, 2, 2, 8, 4, 2, 2, 4, 2, 2, 3], sizes);
        Assert.Equal(Enumerable.Range(0, Photos).Select(i => $"{i}.jpg\tphoto {i}"), File.ReadAllLines(In("out")));
    }

    [Fact]
    public async Task What_can_be_known_is_refused_before_the_work()
    {
        int requests = 0;
        await using var server = WebApplication.Create();
        server.Urls.Add("http://127.0.0.1:0");
        server.MapPost("/v1/caption", () => Results.StatusCode(++requests));
        await server.StartAsync();

        await Fails(2, "Could not find a part of the path", "-o", In("absent/out"));
        await Fails(1, "denied", "-o", In("images"));
        File.Delete(In("images/17.jpg"));
        await Fails(2, "There is no photo '" + In("images/17.jpg") + "'.", "-o", In("new"));
        await Fails(2, "There is no photo '" + In("none/0.jpg") + "'.", "--images", In("none"));

        Assert.Equal(0, requests);
        Assert.False(File.Exists(In("new")));

        async Task Fails(int expected, string message, params string[] arguments)
        {
            string[] photos = arguments.Contains("--images") ? [] : ["--images", In("images")];
            var (code, output, errors) = await EvaluateAsync([.. photos, "--server", server.Urls.First(), .. arguments]);
            Assert.Equal((expected, ""), (code, output));
            Assert.Contains(message, Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Failures_are_one_line_without_a_stack_trace()
    {
        string bundle = TinyCaptionBundle.Create(folder.Path, "tiny");
        Write("hypotheses", "0.jpg\ta dog\n");
        Write("twice", "0.jpg\ta\n0.jpg\tb\n");
        Write("other.txt", "unknown.jpg\n");
        File.WriteAllText(In("images/7.jpg"), "damaged");

        await Fails(1, "Give either --hypotheses, or --model or --server with --images.");
        await Fails(1, "Give either --hypotheses, or --model", "--hypotheses", In("hypotheses"), "--model", bundle);
        await Fails(1, "--images is missing", "--model", bundle);
        await Fails(2, "has no caption of '1.jpg'", "--hypotheses", In("hypotheses"));
        await Fails(2, "line 2: '0.jpg' was there before", "--hypotheses", In("twice"));
        await Fails(1, "--source does not go with --captions.", "--source", In("val.txt"));
        await Fails(1, "7.jpg': The bytes are no image of a supported type", "--model", bundle, "--images", In("images"));

        var (code, _, errors) = await TrainingProgram.RunAsync("evaluate", "--captions", In("captions.tsv"), "--split", In("other.txt"), "--hypotheses", In("twice"));
        Assert.Equal(2, code);
        Assert.Contains("'unknown.jpg' of '", errors, StringComparison.Ordinal);
        Assert.Contains("Give --references to score translations, or --captions", (await TrainingProgram.RunAsync("evaluate")).Errors, StringComparison.Ordinal);

        async Task Fails(int expected, string message, params string[] arguments)
        {
            var (code, _, errors) = await EvaluateAsync(arguments);
            Assert.Equal(expected, code);
            Assert.Contains(message, Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        }
    }

    private static int NumberOf(IFormFile file)
    {
        using var memory = new MemoryStream();
        file.CopyTo(memory);
        return Enumerable.Range(0, Photos).Single(i => TinyCaptionBundle.Image(i).SequenceEqual(memory.ToArray()));
    }

    private Task<(int Code, string Output, string Errors)> EvaluateAsync(params string[] arguments) =>
        TrainingProgram.RunAsync(["evaluate", "--captions", In("captions.tsv"), "--split", In("val.txt"), .. arguments]);

    private string In(string name) => Path.Combine(folder.Path, name);

    private void Write(string name, string text) => File.WriteAllText(In(name), text);
}
