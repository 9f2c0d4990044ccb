using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Search;
using RnnServe.Inference.Text;

namespace RnnServe.Tests.Text;

/// <summary>Characters outside a vocabulary, spelt byte by byte: what is certain of them, and where they are cut.</summary>
public sealed class ByteRunTests
{
    private static readonly Tokenizer Tokenizer = Tokenizer.Load(Path.Combine(TestData.Model("everyday-en-de"), "tokenizer.json"));

    [Fact]
    public void Nothing_of_a_run_is_certain_before_it_is_over()
    {
        int[] tokens = Tokenizer.Encode("Hallo 😀 gut");
        int[] run = [.. Tokenizer.Encode("Hallo 😀").Skip(Tokenizer.Encode("Hallo").Length)];

        Assert.Equal("Hallo 😀 gut", GrowingText.Settled(Tokenizer, tokens));
        for (int length = 0; length <= run.Length; length++)
            Assert.Equal("Hallo", GrowingText.Settled(Tokenizer, [.. Tokenizer.Encode("Hallo"), .. run[..length]]));
    }

    [Fact]
    public void A_sentence_without_blanks_is_cut_between_characters()
    {
        const int EndId = 2;
        string sentence = string.Concat(Enumerable.Repeat("龘", 300));

        var pieces = new SourceCutter(Tokenizer, "en", EndId, limit: 256, placeholders: 0).Cut(sentence, names: false).Parts
            .Where(part => part.Tokens is not null).Select(part => Tokenizer.Decode([.. part.Tokens!.SkipLast(1)])).ToList();

        Assert.True(pieces.Count > 1);
        Assert.Equal(sentence, string.Concat(pieces));
    }
}
