using System.Text.Json;
using System.Text.RegularExpressions;
using RnnServe.Inference.Search;
using RnnServe.Inference.Text;
using RnnServe.Tests.Fakes;
using RnnServe.Tests.Text;

namespace RnnServe.Tests.Search;

public partial class BannedWordsTests
{
    private const int MaxLength = 5;
    private static readonly int[] Source = [7, 8];

    /// <summary>"ab" comes as one token, as two, in two cases, and inside a token; also as part of longer words.</summary>
    private static readonly string[] Vocabulary = ["<pad>", "<s>", "</s>", "\u2581a", "b", "\u2581aB", "\u2581ab.", "."];

    private static readonly Tokenizer Few = FewTokens();

    public static TheoryData<string, int> Bans =>
    [
        .. new[] { "ab", "AB", "a", "abb", "ab b abb bb" }.SelectMany(_ => Enumerable.Range(1, 3), (words, seed) => (words, seed)),
    ];

    [Theory, MemberData(nameof(Bans))]
    public void A_wide_beam_finds_the_best_of_the_outputs_without_the_words(string banned, int seed)
    {
        string[] words = banned.Split(' ');
        var decoder = new HistoryDecoder(Vocabulary.Length, seed);
        var options = new DecodingOptions { BeamSize = 2000, Best = 2000, MaxLength = MaxLength, LengthPenalty = 0 };

        var found = Search(new BeamSearch(new TextSource(Source), HistoryDecoder.Rules, Without(words, options)), decoder);

        var allowed = decoder.Outputs(Source, MaxLength)
            .Where(output => !Has(words, output.Tokens)).OrderByDescending(o => o.LogProb).ToList();
        Assert.Equal(Math.Min(allowed.Count, 2000), found.Count);
        Assert.Equal(allowed[0].Tokens, found[0].Tokens);
        Assert.Equal(allowed[0].LogProb, found[0].Score, 1e-4);
        Assert.DoesNotContain(found, hypothesis => Has(words, hypothesis.Tokens));
    }

    [Theory, InlineData("ab"), InlineData("a b")]
    public void Samples_have_none_of_the_words(string banned)
    {
        string[] words = banned.Split(' ');
        var decoder = new HistoryDecoder(Vocabulary.Length, seed: 4);
        var options = Without(words, new() { MaxLength = MaxLength });

        var drawn = Search(
            new SamplingSearch(new TextSource(Source), HistoryDecoder.Rules, options, new() { Samples = 500, Temperature = 2 }), decoder);

        Assert.DoesNotContain(drawn, sample => Has(words, sample.Tokens));
        Assert.True(drawn.Select(sample => Few.Decode(sample.Tokens)).Distinct().Count() > 20);
    }

    [Fact]
    public void Another_constraint_holds_too()
    {
        var decoder = new HistoryDecoder(Vocabulary.Length, seed: 2);
        int[] prefix = [3, 4];
        var options = new DecodingOptions { BeamSize = 300, MaxLength = 4, LengthPenalty = 0, Constraint = new ForcedPrefix(prefix) };

        var found = Search(new BeamSearch(new TextSource(Source), HistoryDecoder.Rules, Without(["ab"], options)), decoder)[0];

        var allowed = decoder.Outputs(Source, 4).Where(o => o.Tokens.Take(2).SequenceEqual(prefix) && !Has(["ab"], o.Tokens));
        Assert.Equal(allowed.MaxBy(o => o.LogProb).Tokens, found.Tokens);
    }

    public static TheoryData<string> Kinds => [.. TokenizerKinds.Names];

    /// <summary>Along the tokens of a text, some token is forbidden where the text has the word, and none where it has not.</summary>
    [Theory, MemberData(nameof(Kinds))]
    public void A_word_is_known_however_a_tokenizer_spells_it(string kind)
    {
        string[] texts =
        [
            "ein hund lauft", "der hund und die katze", "hunde laufen und rennen", "die katze, der hund.", "und", "rund um die hunde",
            "hund",
        ];
        var tokenizer = TokenizerKinds.Create(kind, [.. Enumerable.Repeat(texts, 5).SelectMany(t => t), .. NastyStrings.All]);
        int end = tokenizer.IdOf("</s>") ?? 0;
        foreach (string word in new[] { "hund", "und", "ka", "lauft" })
        {
            var banned = new NeverProduced(new BannedWords([word], tokenizer, end), maxLength: 1000);
            foreach (string text in texts.Where(text => Round(tokenizer, text) == text))
                Assert.Equal((text, Words(text).Contains(word)), (text, Forbids(banned, [.. tokenizer.Encode(text), end], tokenizer)));
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void The_bytes_of_tokens_have_the_words_of_the_text(string kind)
    {
        var texts = NastyStrings.Random(seed: 9, count: 300);
        var tokenizer = TokenizerKinds.Create(kind, [.. texts]);
        byte[][] bytes = TokenBytes.Of(tokenizer);

        foreach (string text in texts.Append("Two dogs: grün, ß!"))
        {
            int[] ids = tokenizer.Encode(text);
            string joined = System.Text.Encoding.UTF8.GetString([.. ids.SelectMany(id => bytes[id])]);
            Assert.Equal(Words(tokenizer.Decode(ids)), Words(joined));
        }
    }

    [Fact]
    public void A_word_that_is_spelt_in_bytes_is_known()
    {
        var tokenizer = LearntTokenizer.Multi30k;
        int end = tokenizer.IdOf("</s>")!.Value;
        var banned = new NeverProduced(new BannedWords(["ñandú", "κύων"], tokenizer, end), maxLength: 100);

        Assert.True(Forbids(banned, [.. tokenizer.Encode("ein Ñandú rennt"), end], tokenizer));
        Assert.True(Forbids(banned, [.. tokenizer.Encode("ein ΚΎΩΝ"), end], tokenizer));
        Assert.False(Forbids(banned, [.. tokenizer.Encode("ein ñandúña rennt"), end], tokenizer));
    }

    private static DecodingOptions Without(string[] words, DecodingOptions options) =>
        options.With(new NeverProduced(new BannedWords(words, Few, HistoryDecoder.End), options.MaxLength));

    private static IReadOnlyList<Hypothesis> Search(ISearch search, HistoryDecoder decoder) =>
        SearchRows.DecodeAll(decoder, [search], 1)[0];

    private static bool Forbids(NeverProduced banned, int[] tokens, Tokenizer tokenizer)
    {
        float[] logits = new float[tokenizer.VocabularySize];
        return Enumerable.Range(0, tokens.Length).Any(length =>
        {
            logits.AsSpan().Clear();
            banned.Restrict(tokens.AsSpan(0, length), logits);
            return float.IsNegativeInfinity(logits[tokens[length]]);
        });
    }

    private static bool Has(string[] words, int[] tokens) =>
        Words(Few.Decode(tokens)).Intersect(words, StringComparer.OrdinalIgnoreCase).Any();

    private static string[] Words(string text) => [.. Word().Matches(text).Select(match => match.Value)];

    private static string Round(Tokenizer tokenizer, string text) => tokenizer.Decode(tokenizer.Encode(text)).Trim();

    private static Tokenizer FewTokens()
    {
        const string Metaspace = """{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}""";
        var vocabulary = Vocabulary.Index().ToDictionary(token => token.Item, token => token.Index);
        const string Special = """
            "single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true
            """;
        string special = string.Join(',', Vocabulary.Take(3).Index().Select(token =>
            $$"""{"id":{{token.Index}},"content":"{{token.Item}}",{{Special}} }"""));
        return Tokenizer.Parse(System.Text.Encoding.UTF8.GetBytes($$"""
            {"version":"1.0","truncation":null,"padding":null,"added_tokens":[{{special}}],"normalizer":null,"pre_tokenizer":{{Metaspace}},
             "post_processor":null,"decoder":{{Metaspace}},"model":{"type":"BPE","dropout":null,"unk_token":"<pad>",
             "continuing_subword_prefix":null,"end_of_word_suffix":null,"fuse_unk":true,"byte_fallback":false,"ignore_merges":false,
             "vocab":{{JsonSerializer.Serialize(vocabulary)}},"merges":[]} }
            """));
    }

    [GeneratedRegex(@"[\p{L}\p{M}]+")]
    private static partial Regex Word();
}
