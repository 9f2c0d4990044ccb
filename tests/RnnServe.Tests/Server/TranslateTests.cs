using System.Globalization;
using System.Net;
using System.Text.Json;

namespace RnnServe.Tests.Server;

public class TranslateTests(TwoModels two) : IClassFixture<TwoModels>
{
    private readonly RunningServer server = two.Server;

    [Fact]
    public async Task Null_is_the_default_of_every_optional_field()
    {
        const string Rest = "\"text\": \"A cab.\", \"model\": \"tiny-en-de\"";
        string[] fields =
        [
            "source", "target", "beamSize", "alternatives", "lengthPenalty", "coveragePenalty", "maxLength", "include", "sampling", "prefix",
        ];
        string nulls = string.Join(", ", fields.Select(field => $"\"{field}\": null"));

        var plain = await RunningServer.OkAsync(await server.TranslateAsync($"{{ {Rest} }}"));
        var found = await RunningServer.OkAsync(await server.TranslateAsync($"{{ {Rest}, {nulls} }}"));

        Assert.Equal(plain.GetProperty("translations").GetRawText(), found.GetProperty("translations").GetRawText());
    }

    /// <summary>The answers to eight texts.</summary>
    private async Task<JsonElement> AnswersAsync(string options)
    {
        string texts = string.Join(", ", Enumerable.Range(0, 8).Select(i => $"\"ab{i} cab\""));
        string body = $"{{ \"text\": [{texts}], \"model\": \"tiny-en-de\", {options} }}";
        return (await RunningServer.OkAsync(await server.TranslateAsync(body))).GetProperty("translations");
    }

    [Fact]
    public async Task A_sentence_gets_a_translation_with_score_and_usage()
    {
        var answer = await RunningServer.OkAsync(await server.TranslateAsync("""{ "text": "abc", "source": "en", "target": "de" }"""));

        Assert.Equal(["model", "version", "translations", "usage"], answer.EnumerateObject().Select(p => p.Name));
        var translation = Assert.Single(answer.GetProperty("translations").EnumerateArray());
        Assert.Equal(["text", "score", "confidence", "truncated"], translation.EnumerateObject().Select(p => p.Name));
        Assert.InRange(translation.GetProperty("score").GetDouble(), double.MinValue, 0);
        Assert.InRange(translation.GetProperty("confidence").GetDouble(), double.Epsilon, 1);
        Assert.True(answer.GetProperty("usage").GetProperty("sourceTokens").GetInt32() > 0);
        Assert.True(answer.GetProperty("usage").GetProperty("targetTokens").GetInt32() > 0);
    }

    [Fact]
    public async Task Texts_are_answered_in_their_order_and_as_if_each_came_alone()
    {
        string[] texts = [.. Enumerable.Range(0, 256).Select(i => string.Create(CultureInfo.InvariantCulture, $"ab{i} c"))];
        var together = await AnswerAsync(texts);

        var answers = together.GetProperty("translations").EnumerateArray().Select(t => t.GetProperty("text").GetString()).ToList();
        Assert.Equal(256, answers.Count);
        for (var i = 0; i < texts.Length; i += 51)
        {
            var alone = await AnswerAsync(texts[i]);
            Assert.Equal(alone.GetProperty("translations")[0].GetProperty("text").GetString(), answers[i]);
        }

        async Task<JsonElement> AnswerAsync(object text) =>
            await RunningServer.OkAsync(await server.TranslateAsync(JsonSerializer.Serialize(new { text, source = "en" })));
    }

    [Theory]
    [InlineData("\"prefix\": \"ab\"")]
    [InlineData("\"prefix\": \"b\", \"sampling\": { \"temperature\": 2, \"topK\": 50, \"topP\": 0.9, \"seed\": 9007199254740991 }")]
    public async Task A_translation_begins_with_the_prefix_and_the_same_seed_draws_it_again(string options)
    {
        string body = $"{{ \"text\": \"abc de\", \"model\": \"tiny-en-de\", {options} }}";

        string first = (await RunningServer.OkAsync(await server.TranslateAsync(body))).GetRawText();
        string again = (await RunningServer.OkAsync(await server.TranslateAsync(body))).GetRawText();

        Assert.Equal(first, again);
        Assert.Matches("\"text\":\"(ab|b)", first);
    }

    [Theory]
    [InlineData("\"topK\": 1")]
    [InlineData("\"topP\": 0.0001")]
    [InlineData("\"temperature\": 0.01")]
    public async Task Sampling_that_leaves_one_token_to_draw_gives_the_greedy_answer(string sampling)
    {
        var greedy = await AnswersAsync("\"beamSize\": 1");
        var sampled = await AnswersAsync($"\"sampling\": {{ \"seed\": 1, {sampling} }}");
        var free = await AnswersAsync("\"sampling\": { \"seed\": 1 }");

        Assert.Equal(Texts(greedy), Texts(sampled));
        Assert.NotEqual(Texts(greedy), Texts(free));

        static IEnumerable<string?> Texts(JsonElement answers) => answers.EnumerateArray().Select(answer => answer.GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("lengthPenalty", "0", "2")]
    [InlineData("coveragePenalty", "0", "2")]
    [InlineData("maxLength", "1", "20")]
    [InlineData("beamSize", "1", "8")]
    public async Task Every_option_of_the_search_changes_what_is_found(string option, string one, string other)
    {
        var found = await AnswersAsync($"\"{option}\": {one}");
        var otherwise = await AnswersAsync($"\"{option}\": {other}");

        Assert.NotEqual(found.GetRawText(), otherwise.GetRawText());
    }

    [Fact]
    public async Task Sampling_without_a_seed_draws_another_translation_each_time()
    {
        const string Body = "{ \"text\": \"abc de\", \"model\": \"tiny-en-de\", \"sampling\": {} }";
        var found = new HashSet<string>();
        for (int i = 0; i < 8; i++)
            found.Add((await RunningServer.OkAsync(await server.TranslateAsync(Body))).GetRawText());

        Assert.True(found.Count > 1, string.Join('\n', found));
    }

    [Fact]
    public async Task Alternatives_come_best_first_and_differ()
    {
        var body = """{ "text": "abc", "source": "en", "beamSize": 8, "alternatives": 5 }""";

        var answer = await RunningServer.OkAsync(await server.TranslateAsync(body));

        var best = answer.GetProperty("translations")[0];
        var all = best.GetProperty("alternatives").EnumerateArray().Prepend(best).ToList();
        Assert.InRange(all.Count, 2, 6);
        Assert.Equal(all.Count, all.Select(a => a.GetProperty("text").GetString()).Distinct().Count());
        var scores = all.Select(a => a.GetProperty("score").GetDouble()).ToList();
        Assert.Equal(scores.OrderDescending(), scores);
    }

    [Fact]
    public async Task Tokens_attention_and_timing_come_when_they_are_included()
    {
        var body = """{ "text": "abc", "source": "en", "include": ["tokens", "attention", "timing"] }""";

        var answer = await RunningServer.OkAsync(await server.TranslateAsync(body));

        var translation = answer.GetProperty("translations")[0];
        var tokens = translation.GetProperty("tokens").EnumerateArray().ToList();
        Assert.Equal(answer.GetProperty("usage").GetProperty("targetTokens").GetInt32(), tokens.Count);
        var confidence = Math.Exp(tokens.Average(t => t.GetProperty("logProb").GetDouble()));
        Assert.Equal(confidence, translation.GetProperty("confidence").GetDouble(), tolerance: 1e-4);

        var attention = translation.GetProperty("attention");
        var source = attention.GetProperty("source").GetArrayLength();
        Assert.Equal(answer.GetProperty("usage").GetProperty("sourceTokens").GetInt32(), source);
        Assert.Equal(attention.GetProperty("target").GetArrayLength(), attention.GetProperty("weights").GetArrayLength());
        Assert.All(attention.GetProperty("weights").EnumerateArray(), row =>
        {
            Assert.Equal(source, row.GetArrayLength());
            Assert.Equal(1, row.EnumerateArray().Sum(w => w.GetDouble()), tolerance: 1e-4);
        });

        var timing = answer.GetProperty("timing");
        Assert.Equal(["queueMs", "encodeMs", "decodeMs", "totalMs"], timing.EnumerateObject().Select(p => p.Name));
        Assert.True(timing.GetProperty("totalMs").GetDouble() >= timing.GetProperty("decodeMs").GetDouble());
    }

    [Fact]
    public async Task A_translation_that_is_cut_says_so_and_one_that_ends_does_not()
    {
        string[] texts = [.. Enumerable.Range(0, 26).Select(i => new string((char)('a' + i), 3))];
        var full = await TranslationsAsync(maxLength: 100);
        var cut = await TranslationsAsync(maxLength: 2);

        // Greedy: the cut search takes the same steps, so it is cut exactly where the full one needs more than two tokens.
        var longer = full.Select(t => t.GetProperty("tokens").GetArrayLength() > 2).ToList();
        Assert.Equal(longer, cut.Select(t => t.GetProperty("truncated").GetBoolean()));
        Assert.Contains(true, longer);
        Assert.Contains(false, longer);

        async Task<List<JsonElement>> TranslationsAsync(int maxLength)
        {
            var body = JsonSerializer.Serialize(new { text = texts, source = "en", beamSize = 1, maxLength, include = new[] { "tokens" } });
            var answer = await RunningServer.OkAsync(await server.TranslateAsync(body));
            return [.. answer.GetProperty("translations").EnumerateArray()];
        }
    }

    [Fact]
    public async Task Letters_outside_ascii_are_written_as_they_are()
    {
        using var response = await server.TranslateAsync("""{ "text": "abc", "model": "grün" }""");

        Assert.Contains("'grün'", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_of_models_shows_what_the_manifest_says()
    {
        var list = await RunningServer.OkAsync(await server.Client.GetAsync("/v1/models"));
        var one = await RunningServer.OkAsync(await server.Client.GetAsync("/v1/models/tiny-en-de"));

        var models = list.GetProperty("models").EnumerateArray().ToList();
        Assert.Equal(["tiny-de-en", "tiny-en-de"], models.Select(m => m.GetProperty("name").GetString()));
        Assert.Equal(models[1].GetRawText(), one.GetRawText());
        Assert.Equal("ready", one.GetProperty("state").GetString());
        Assert.Equal("translate", one.GetProperty("task").GetString());
        Assert.Equal("en", one.GetProperty("languages").GetProperty("source").GetString());
        Assert.Equal("de", one.GetProperty("languages").GetProperty("target").GetString());
        Assert.All(one.GetProperty("files").EnumerateArray(), f => Assert.Matches("^[0-9a-f]{64}$", f.GetProperty("sha256").GetString()));
    }

    [Fact]
    public async Task An_unknown_model_is_not_found()
    {
        var problem = await RunningServer.ProblemAsync(await server.Client.GetAsync("/v1/models/nobody"), HttpStatusCode.NotFound);

        Assert.Contains("tiny-en-de", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_whose_models_answer_is_live_and_ready()
    {
        var live = await RunningServer.OkAsync(await server.Client.GetAsync("/health/live"));
        var ready = await RunningServer.OkAsync(await server.Client.GetAsync("/health/ready"));

        Assert.Equal("live", live.GetProperty("status").GetString());
        Assert.Equal("ready", ready.GetProperty("status").GetString());
    }
}
