using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Commands;

/// <summary>evaluate with lines that are documents, with servers that take little at a time, and with what it can know beforehand.</summary>
public sealed class EvaluateDocumentsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ConcurrentQueue<string[]> requests = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_line_may_have_any_number_of_sentences_in_this_process()
    {
        string bundle = TinyBundle.Create(folder.Path, "tiny");
        string document = string.Join(' ', Enumerable.Repeat("A man is here.", 4097));
        Write("source", $"{document}\nA man is here.\n");
        Write("references", "x\ny\n");

        var (code, output, errors) = await EvaluateAsync("--model", bundle, "--beam", "1");

        Assert.Equal((0, ""), (code, errors));
        Assert.StartsWith("BLEU = ", output, StringComparison.Ordinal);
        string[] lines = File.ReadAllLines(In("out"));
        Assert.Equal(string.Join(' ', Enumerable.Repeat(lines[1], 4097)), lines[0]);
    }

    [Theory]
    [InlineData(256, 100_000, 4096)]     // as by default
    [InlineData(256, 10_000, 20)]
    [InlineData(5, 300, 3)]
    [InlineData(1, 50, 1)]
    public async Task Any_corpus_is_scored_whatever_a_server_takes_at_a_time(int texts, int characters, int sentences)
    {
        await using var server = await ServeAsync(text => texts < text.Length ? 400
            : text.Sum(t => t.Length) > characters || text.Sum(t => t.Count(c => c == '.')) > sentences ? 413
            : 200);
        string[] lines =
        [
            .. Enumerable.Range(0, 64).Select(i => $"Line {i} has words.{new string('!', i)}"),
            "",
            string.Join("  ", Enumerable.Repeat("A sentence without numbers.", 80)),
            string.Join(' ', Enumerable.Repeat("word", 300)),
            new string('x', 301),
        ];
        Write("source", string.Join('\n', lines));
        Write("references", string.Join('\n', lines).ToUpperInvariant());

        var (code, output, errors) = await EvaluateAsync("--server", server.Urls.First());

        Assert.Equal((0, ""), (code, errors));
        Assert.Equal(lines.Select(line => line.ToUpperInvariant()), File.ReadAllLines(In("out")));
        Assert.StartsWith("BLEU = 100.00", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_with_few_words_on_either_side_can_be_left_out()
    {
        await using var server = await ServeAsync(_ => 200);
        Write("source", "one two three four five\none two\na b c d e f\n");
        Write("references", "ONE TWO THREE FOUR FIVE\nONE TWO THREE FOUR FIVE\nX Y\n");

        var (code, output, errors) = await EvaluateAsync("--server", server.Urls.First(), "--least-words", "5");

        Assert.Equal((0, ""), (code, errors));
        Assert.StartsWith("1 of 3 lines have 5 words or more.", output, StringComparison.Ordinal);
        Assert.Contains("BLEU = 100.00", output, StringComparison.Ordinal);
        Assert.Equal(["ONE TWO THREE FOUR FIVE"], File.ReadAllLines(In("out")));
    }

    [Fact]
    public async Task Requests_stay_below_the_characters_that_a_server_takes_by_default()
    {
        await using var server = await ServeAsync(text => text.Sum(t => t.Length) > 100_000 ? 413 : 200);
        string line = string.Join(' ', Enumerable.Repeat("This sentence has forty characters here.", 39));
        Write("source", string.Concat(Enumerable.Repeat(line + "\n", 64)));
        Write("references", string.Concat(Enumerable.Repeat(line + "\n", 64)));

        var (code, _, errors) = await EvaluateAsync("--server", server.Urls.First());

        Assert.Equal((0, ""), (code, errors));
        Assert.Equal([31, 31, 2], requests.Select(texts => texts.Length));
    }

    [Fact]
    public async Task A_request_that_takes_too_long_is_sent_in_halves()
    {
        await using var server = await ServeAsync(text => text.Length > 10 ? 504 : 200);
        Write("source", string.Concat(Enumerable.Range(0, 64).Select(i => $"text {i}\n")));
        Write("references", string.Concat(Enumerable.Range(0, 64).Select(i => $"TEXT {i}\n")));

        var (code, output, _) = await EvaluateAsync("--server", server.Urls.First());

        Assert.Equal(0, code);
        Assert.StartsWith("BLEU = 0.00 100.0/100.0", output, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllLines(In("references")), File.ReadAllLines(In("out")));
    }

    [Theory]
    [InlineData(400), InlineData(413), InlineData(504), InlineData(404)]
    public async Task What_a_server_always_refuses_is_passed_on_soon(int status)
    {
        await using var server = await ServeAsync(_ => status);
        Write("source", string.Concat(Enumerable.Repeat("Some text. And more.\n", 64)));
        Write("references", string.Concat(Enumerable.Repeat("x\n", 64)));

        var (code, _, errors) = await EvaluateAsync("--server", server.Urls.First());

        Assert.Equal(1, code);
        Assert.Contains($"answered {status}: It is {status}.", Assert.Single(Lines(errors)), StringComparison.Ordinal);
        Assert.InRange(requests.Count, 1, 15);
    }

    [Fact]
    public async Task An_answer_of_another_server_is_named_as_such()
    {
        await using var server = WebApplication.Create();
        server.Urls.Add("http://127.0.0.1:0");
        server.MapPost("/v1/translate", () => Results.Content("<html>hello</html>", "text/html"));
        await server.StartAsync();
        Write("source", "a\n");
        Write("references", "a\n");

        var (code, _, errors) = await EvaluateAsync("--server", server.Urls.First());

        Assert.Equal(1, code);
        Assert.Contains("gave an answer that is not RnnServe's", Assert.Single(Lines(errors)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_can_be_known_is_refused_before_the_work()
    {
        await using var server = await ServeAsync(_ => 200);
        string[] answered = ["--server", server.Urls.First()];
        Write("source", "a\nb\n");
        Write("references", "a\nb\n");
        Write("three", "a\nb\nc\n");
        Write("kept", "as it was");
        Directory.CreateDirectory(In("folder"));

        await Fails("Could not find a part of the path", "-o", In("absent/out"));
        await Fails("denied", "-o", In("folder"));
        await Fails("There are 2 translations but 3 references.", "-r", In("three"), "-o", In("kept"));
        await Fails("Could not find file", "-r", In("absent"), "-o", In("new"));
        await Fails("cannot be read as text", "-r", Damaged(), "-o", In("new"));

        Assert.Empty(requests);
        Assert.Equal("as it was", File.ReadAllText(In("kept")));
        Assert.False(File.Exists(In("new")));

        async Task Fails(string message, params string[] arguments)
        {
            var (code, output, errors) = await TrainingProgram.RunAsync(
                ["evaluate", "--source", In("source"), "-r", In("references"), .. answered, .. arguments]);
            Assert.NotEqual(0, code);
            Assert.Equal("", output);
            Assert.Contains(message, Assert.Single(Lines(errors)), StringComparison.Ordinal);
        }
    }

    private string Damaged()
    {
        File.WriteAllBytes(In("damaged"), [0x61, 0xff, 0x0a]);
        return In("damaged");
    }

    /// <summary>A server that answers in capitals, or with the status that it gives to a request's texts.</summary>
    private async Task<WebApplication> ServeAsync(Func<string[], int> status)
    {
        var server = WebApplication.Create();
        server.Urls.Add("http://127.0.0.1:0");
        server.MapPost("/v1/translate", (JsonElement request) =>
        {
            string[] texts = [.. request.GetProperty("text").EnumerateArray().Select(text => text.GetString()!)];
            requests.Enqueue(texts);
            Assert.All(texts, text => Assert.False(string.IsNullOrWhiteSpace(text)));
            return status(texts) is var code && code == 200
                ? Results.Json(new { translations = texts.Select(text => new { text = text.ToUpperInvariant() }) })
                : Results.Problem($"It is {code}.", statusCode: code);
        });
        await server.StartAsync();
        return server;
    }

    private Task<(int Code, string Output, string Errors)> EvaluateAsync(params string[] arguments) =>
        TrainingProgram.RunAsync(["evaluate", "--source", In("source"), "-r", In("references"), "-o", In("out"), .. arguments]);

    private static string[] Lines(string errors) => errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private string In(string name) => Path.Combine(folder.Path, name);

    private void Write(string name, string text) => File.WriteAllText(In(name), text);
}
