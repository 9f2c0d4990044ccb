using System.Net;

namespace RnnServe.Tests.Server.Doors;

/// <summary>deepl-node, unmodified, and what it cannot be made to send.</summary>
[Collection(nameof(OpenDoors))]
public sealed class DeepLTests(OpenDoors doors)
{
    [Fact]
    public async Task Deepl_node_translates_lists_and_counts()
    {
        string[] german = await doors.TranslateAsync("tiny-en-de", OpenDoors.Text, "A cab.");
        string english = Assert.Single(await doors.TranslateAsync("tiny-de-en", OpenDoors.Text));
        object options = new { formality = "prefer_more", splitSentences = "0", preserveFormatting = true };

        var found = NodeClients.Ask(
            "deepl",
            doors.Server,
            ["translate", new[] { OpenDoors.Text, "A cab." }, "en", "de"],
            ["translate", OpenDoors.Text, null, "en-GB", options],
            ["translate", OpenDoors.Text, "de", "en-US"],
            ["sources"],
            ["targets"],
            ["usage"]);

        var both = NodeClients.Value(found[0]);
        Assert.Equal(german, both.EnumerateArray().Select(one => one.GetProperty("text").GetString()));
        Assert.All(both.EnumerateArray(), one => Assert.Equal("en", one.GetProperty("detectedSourceLang").GetString()));
        Assert.Equal(OpenDoors.Text.Length, both[0].GetProperty("billedCharacters").GetInt32());
        Assert.Equal(english, NodeClients.Value(found[1]).GetProperty("text").GetString());
        Assert.Equal("de", NodeClients.Value(found[1]).GetProperty("detectedSourceLang").GetString());
        Assert.Equal(english, NodeClients.Value(found[2]).GetProperty("text").GetString());
        Assert.Equal(["de", "en"], NodeClients.Value(found[3]).EnumerateArray().Select(one => one.GetProperty("code").GetString()));
        Assert.Equal(
            ["German", "English (British)", "English (American)"],
            NodeClients.Value(found[4]).EnumerateArray().Select(one => one.GetProperty("name").GetString()));
        Assert.True(NodeClients.Value(found[5]).GetProperty("character").GetProperty("count").GetInt64() > 0);
    }

    [Fact]
    public void Deepl_node_shows_what_is_refused()
    {
        var found = NodeClients.Ask(
            "deepl",
            doors.Server,
            ["translate", OpenDoors.Text, "en", "fr"],
            ["translate", OpenDoors.Text, null, "de", new { tagHandling = "html" }],
            ["translate", new string('a', 10_001), "en", "de"],
            ["glossaries"]);

        NodeClients.AssertFailed(found[0], "DeepLError", "No model is for", "tiny-en-de");
        NodeClients.AssertFailed(found[1], "DeepLError", "tag_handling is not supported");
        NodeClients.AssertFailed(found[2], "DeepLError", "the most is 10000");
        NodeClients.AssertFailed(found[3], "GlossaryNotFoundError", "There is no route");
    }

    [Fact]
    public async Task Deepl_node_is_told_of_overload()
    {
        await using var busy = await BusyServer.StartAsync();

        var found = NodeClients.Ask("deepl", busy.Server, ["translate", OpenDoors.Text, "en", "de"]);

        NodeClients.AssertFailed(found[0], "TooManyRequestsError", "sentences are waiting");
    }

    [Theory]
    [InlineData("text=a", "target_lang is missing")]
    [InlineData("target_lang=de", "text is missing")]
    [InlineData("text=%FF&target_lang=de", "not valid UTF-8 in text")]
    [InlineData("text=+&target_lang=de", "text is empty")]
    [InlineData("text=a&target_lang=de&target_lang=en", "target_lang is given more than once")]
    [InlineData("text=a&target_lang=de&glossary_id=x", "no glossaries")]
    [InlineData("text=a&target_lang=de&custom_instructions=x", "custom_instructions is not supported")]
    [InlineData("text=a&target_lang=de&custom_instructions=x&custom_instructions=y", "custom_instructions is not supported")]
    [InlineData("text=a&target_lang=de&style_id=x", "style_id is not supported")]
    [InlineData("text=a&target_lang=de&translation_memory_id=x&translation_memory_id=y", "translation_memory_id is not supported")]
    public async Task A_bad_form_is_refused_with_the_field(string form, string message)
    {
        using var content = new StringContent(form, null, "application/x-www-form-urlencoded");

        var response = await doors.Server.Client.PostAsync("/v2/translate", content);

        var problem = await RunningServer.ProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Contains(message, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(problem.GetProperty("detail").GetString(), problem.GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("custom_instructions", """["x", "y"]"""), InlineData("custom_instructions", "\"x\""), InlineData("style_id", "\"x\"")]
    [InlineData("translation_memory_id", "\"x\""), InlineData("glossary_id", """["x"]"""), InlineData("tag_handling", "\"html\"")]
    public async Task What_would_change_the_answer_is_refused_whatever_its_type(string field, string value)
    {
        string body = $$"""{ "text": ["a"], "target_lang": "DE", "{{field}}": {{value}} }""";

        var response = await doors.Server.Client.PostAsync("/v2/translate", RunningServer.Json(body));

        var problem = await RunningServer.ProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Contains($"{field} is not supported", problem.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_field_of_a_form_that_nobody_reads_may_come_several_times()
    {
        string[] german = await doors.TranslateAsync("tiny-en-de", OpenDoors.Text);
        using var form = new FormUrlEncodedContent(
            [new("text", OpenDoors.Text), new("other", "1"), new("target_lang", "de"), new("other", "2")]);

        var answer = await RunningServer.OkAsync(await doors.Server.Client.PostAsync("/v2/translate", form));

        Assert.Equal(german[0], Assert.Single(answer.GetProperty("translations").EnumerateArray()).GetProperty("text").GetString());
    }

    [Fact]
    public async Task Json_is_read_as_a_form_is()
    {
        string[] german = await doors.TranslateAsync("tiny-en-de", OpenDoors.Text);
        var body = RunningServer.Json($$"""
            { "text": ["{{OpenDoors.Text}}"], "target_lang": "DE", "source_lang": "EN", "show_billed_characters": true }
            """);

        var answer = await RunningServer.OkAsync(await doors.Server.Client.PostAsync("/v2/translate", body));

        var one = Assert.Single(answer.GetProperty("translations").EnumerateArray());
        Assert.Equal(german[0], one.GetProperty("text").GetString());
        Assert.Equal("EN", one.GetProperty("detected_source_language").GetString());
        Assert.Equal(OpenDoors.Text.Length, one.GetProperty("billed_characters").GetInt32());
    }
}
