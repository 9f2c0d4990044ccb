using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using RnnServe.Inference.Text;
using RnnServe.Inference.Text.Unicode;

namespace RnnServe.Tests.Text;

public class TokenizerTests
{
    private static readonly Tokenizer Small = BpeLearner.Learn(
        Enumerable.Repeat("Ein Mann läuft über die Straße. A man runs across the street, doesn't he? \"Yes\" ...", 3),
        new TokenizerTraining(400));

    [Fact]
    public void Every_text_comes_back_in_form_C()
    {
        foreach (var text in NastyStrings.All.Concat(NastyStrings.Random(seed: 1, count: 3000)))
            Assert.Equal(CanonicalComposition.Normalize(text), Small.Decode(Small.Encode(text)));
    }

    [Fact]
    public void Sentences_of_Multi30k_come_back_exactly()
    {
        foreach (var language in (string[])["en", "de", "fr", "cs"])
        {
            foreach (var text in TestData.Multi30k("val", language))
                Assert.Equal(CanonicalComposition.Normalize(text), LearntTokenizer.Multi30k.Decode(LearntTokenizer.Multi30k.Encode(text)));
        }
    }

    [Fact]
    public void The_visible_space_comes_back_as_a_space() => Assert.Equal(" a b", Small.Decode(Small.Encode("\u2581a\u2581b")));

    [Fact]
    public void Byte_order_marks_are_kept() => Assert.Equal("\ufeffa\ufeff", Small.Decode(Small.Encode("\ufeffa\ufeff")));

    [Fact]
    public void Half_a_surrogate_pair_comes_back_as_the_replacement_character() =>
        Assert.Equal("a\ufffdb", Small.Decode(Small.Encode("a\ud800b")));

    [Theory]
    [InlineData("</s>")]
    [InlineData("<pad><unk><s></s>")]
    [InlineData("a</s> <s>b")]
    [InlineData("<0x41>")]
    public void Text_cannot_spell_control_or_byte_tokens(string text)
    {
        var ids = Small.Encode(text);

        Assert.DoesNotContain(ids, id => id < 4);
        Assert.DoesNotContain(Small.IdOf("<0x41>")!.Value, ids);
        Assert.Equal(text, Small.Decode(ids));
    }

    [Fact]
    public void Special_tokens_are_left_out_of_the_text()
    {
        int[] ids = [2, .. Small.Encode("Ein Mann"), 3, 0, 0];
        Assert.Equal("Ein Mann", Small.Decode(ids));
        Assert.Equal("", Small.Decode([]));
        Assert.Equal("", Small.Decode([0, 1, 2, 3]));
    }

    [Fact]
    public void Broken_bytes_decode_to_the_replacement_character()
    {
        int[] ids = [Small.IdOf("▁")!.Value, Small.IdOf("<0xC3>")!.Value, Small.IdOf("a")!.Value];
        Assert.Equal("\ufffda", Small.Decode(ids));
    }

    [Fact]
    public void Ids_outside_the_vocabulary_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Small.Decode([Small.VocabularySize]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Small.TokenText(-1));
        Assert.Null(Small.IdOf("nowhere"));
    }

    [Fact]
    public void A_saved_tokenizer_is_loaded_again()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        try
        {
            File.WriteAllBytes(path, Small.ToJson());
            var loaded = Tokenizer.Load(path);
            Assert.Equal(Small.ToJson(), loaded.ToJson());
            Assert.Equal(Small.Encode("Ein Mann 😀"), loaded.Encode("Ein Mann 😀"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("""{"unk_token": "<unk>", "fuse_unk": true}""", """{"type": "WhitespaceSplit"}""", "ЖЖ Жa", "<unk> <unk> a")]
    [InlineData("""{"unk_token": "<unk>", "fuse_unk": false}""", """{"type": "WhitespaceSplit"}""", "ЖЖ a", "<unk> <unk> a")]
    [InlineData("""{"unk_token": null}""", "null", "aЖb", "ab")]
    [InlineData("""{"unk_token": null}""", """{"type": "Metaspace", "replacement": "_", "prepend_scheme": "first"}""", "a b", "_ a _ b")]
    [InlineData("""{"unk_token": null}""", """{"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Metaspace", "replacement": "_", "prepend_scheme": "first"}]}""", " a b", "a b")]
    [InlineData("""{"unk_token": null}""", """{"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Metaspace", "replacement": "_", "prepend_scheme": "first"}]}""", "a b", "_ a b")]
    [InlineData("""{"unk_token": null, "ignore_merges": true}""", "null", "bab", "bab")]
    [InlineData("""{"unk_token": null}""", "null", "bab", "b ab")]
    public void Words_become_the_tokens_that_the_settings_ask_for(string settings, string preTokenizer, string text, string tokens)
    {
        var tokenizer = Parse(settings, "null", preTokenizer);

        Assert.Equal(tokens.Split(' '), tokenizer.Encode(text).Select(tokenizer.TokenText));
    }

    [Theory]
    [InlineData("b", "")]
    [InlineData("ba", "_ a")]
    public void Nothing_is_put_before_a_text_that_became_empty(string text, string tokens)
    {
        var tokenizer = Parse("""{"unk_token": null}""", """
            {"type": "Sequence", "normalizers": [
              {"type": "Replace", "pattern": {"String": "b"}, "content": ""}, {"type": "Prepend", "prepend": "_"}]}
            """, "null");

        Assert.Equal(tokens, string.Join(' ', tokenizer.Encode(text).Select(tokenizer.TokenText)));
    }

    [Fact]
    public void A_word_beyond_the_longest_is_cut_and_comes_back()
    {
        var text = string.Concat(Enumerable.Repeat("läuft😀", 5_000));
        Assert.Equal(text, Small.Decode(Small.Encode(text)));
    }

    [Fact]
    public void One_word_of_a_million_characters_takes_no_quadratic_time()
    {
        var watch = Stopwatch.StartNew();
        Small.Encode(string.Concat(Enumerable.Repeat("street", 170_000)));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"took {watch.Elapsed}");
    }

    [Fact]
    public void Many_threads_get_the_same_ids_while_the_cache_overflows()
    {
        string[] texts = [.. NastyStrings.Random(seed: 2, count: 200), .. Enumerable.Range(0, 60_000).Select(i => $"word{i}")];
        var alone = Tokenizer.Parse(Small.ToJson());
        int[][] expected = [.. texts.Select(alone.Encode)];

        Parallel.For(0, 4, _ =>
        {
            for (var i = 0; i < texts.Length; i++)
                Assert.True(expected[i].AsSpan().SequenceEqual(Small.Encode(texts[i])), texts[i]);
        });
    }

    private static Tokenizer Parse(string settings, string normalizer, string preTokenizer)
    {
        var json = JsonNode.Parse($$"""
            {"normalizer": {{normalizer}}, "pre_tokenizer": {{preTokenizer}},
             "added_tokens": [{"id": 0, "content": "<unk>", "special": true}],
             "model": {"type": "BPE", "vocab": {"<unk>": 0, "_": 1, "a": 2, "b": 3, "ab": 4, "bab": 5}, "merges": ["a b"]} }
            """)!;
        foreach (var (name, value) in JsonNode.Parse(settings)!.AsObject())
            json["model"]![name] = value?.DeepClone();
        return Tokenizer.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()));
    }
}
