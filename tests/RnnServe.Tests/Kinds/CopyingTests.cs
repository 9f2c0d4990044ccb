using System.Text.Json.Nodes;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Kinds;

/// <summary>A model that knows placeholders, and what it must copy.</summary>
public sealed class CopyingTests : IDisposable
{
    private const string Replaced = "wxyz";         // letters whose tokens become placeholders

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("a cab at https://Example.com/A?b=C. a dad, 5 cabs.", "https://Example.com/A?b=C", "5")]
    [InlineData("VISIT HTTPS://X.com/Abc NOW {Name} OR CALL 1,000.50", "HTTPS://X.com/Abc", "{Name}", "1,000.50")]
    [InlineData("a <img alt=\"Is it? Yes.\" src=\"a.b\"> cab", "<img alt=\"Is it? Yes.\" src=\"a.b\">")]
    [InlineData("1 cab 2 cabs 3 cabs 4 cabs", "1", "2", "3", "4")]
    [InlineData("a \uE000 cab \uE00F", "\uE000", "\uE00F")]
    public async Task What_is_copied_is_in_every_answer_as_it_was_typed(string text, params string[] spans)
    {
        await using var translator = Create();

        var found = await Translate(translator, text);

        Assert.All([found.Text, .. found.Alternatives.Select(a => a.Text)], answer =>
        {
            Assert.All(spans, span => Assert.Contains(span, answer, StringComparison.Ordinal));
            Assert.All(answer, c => Assert.True(c < '\uE000' || spans.Contains($"{c}")));
        });
        string[] shown = [.. found.Tokens!.Select(t => t.Text), .. found.Attention!.Source, .. found.Attention.Target];
        Assert.All(shown, token => Assert.True(token.All(c => c < '\uE000') || spans.Contains(token)));
        Assert.All(spans, span => Assert.Contains(span, found.Attention.Source));
        Assert.Equal(found.Tokens!.Select(t => t.Text), found.Attention.Target);
    }

    [Fact]
    public async Task An_address_changes_nothing_about_the_words_around_it()
    {
        await using var translator = Create();

        var first = await Translate(translator, "COME TO HTTPS://A.DE NOW. a cab");
        var other = await Translate(translator, "COME TO http://bcd.org/efghij NOW. a cab");

        Assert.Equal(first.Text.Replace("HTTPS://A.DE", "http://bcd.org/efghij", StringComparison.Ordinal), other.Text);
        Assert.Equal(first.Score, other.Score);
    }

    [Fact]
    public async Task The_pieces_of_a_long_sentence_have_their_own_spans()
    {
        await using var translator = Create(new() { Decoding = new() { Limits = new() { SourceLength = 8 } } });

        var found = await Translate(translator, "a cab 17 fed a bad dad 18 abc");

        Assert.All(["17", "18"], span => Assert.Equal(2, found.Text.Split(span).Length));
    }

    [Theory]
    [InlineData("https://a.de, 5 (x@y.de)!")]
    [InlineData("%s: {name} 1 2 3 4 5 #six")]
    public async Task A_sentence_of_nothing_else_is_kept(string text)
    {
        await using var translator = Create();

        var found = await Translate(translator, text);

        Assert.Equal((text, 0), (found.Text, found.TargetTokens));
    }

    [Theory]
    [InlineData(4), InlineData(5)]
    public async Task Every_placeholder_must_be_a_token(int count)
    {
        string bundle = Bundle(new(), Replaced[1..]);
        TinyBundle.Edit(bundle, manifest => WithPlaceholders(manifest, count));

        var error = await Assert.ThrowsAsync<ModelBundleException>(() => Translator.LoadAsync(bundle, new()));

        Assert.Equal("tokenizer.json: translate.placeholders: found no token for U+E003, "
            + $"expected one for each of {count} placeholders.", error.Message);
    }

    private Translator Create(TinyBundleOptions? options = null) =>
        Translator.LoadAsync(Bundle(options ?? new(), Replaced), new BatchingOptions { Workers = 1 }).GetAwaiter().GetResult();

    private string Bundle(TinyBundleOptions options, string replaced)
    {
        string bundle = TinyBundle.Create(folder.Path, "tiny", options);
        string path = Path.Combine(bundle, "tokenizer.json");
        var tokenizer = JsonNode.Parse(File.ReadAllText(path))!;
        var vocabulary = tokenizer["model"]!["vocab"]!.AsObject();
        foreach (var (index, letter) in replaced.Index())
        {
            int id = vocabulary[$"{letter}"]!.GetValue<int>();
            vocabulary.Remove($"{letter}");
            vocabulary.Add($"{(char)('\uE000' + index)}", id);
        }

        File.WriteAllText(path, tokenizer.ToJsonString());
        TinyBundle.Rehash(bundle);
        TinyBundle.Edit(bundle, manifest => WithPlaceholders(manifest, replaced.Length) with { Canary = null });
        return bundle;
    }

    private static ModelManifest WithPlaceholders(ModelManifest manifest, int count)
    {
        var translate = (TranslateManifest)manifest;
        return translate with { Translate = translate.Translate with { Placeholders = count } };
    }

    private static async Task<Translation> Translate(Translator translator, string text)
    {
        var options = new SearchOptions { Tokens = true, Attention = true, BeamSize = 4, Alternatives = 3, MaxLength = 20 };
        return (await translator.TranslateAsync([text], options, default))[0];
    }
}
