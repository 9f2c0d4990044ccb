using System.Diagnostics;
using RnnServe.Inference.Text;

namespace RnnServe.Tests.Text;

public class SentenceSplitterTests
{
    [Theory]
    [InlineData("A dog runs.|A cat sleeps.")]
    [InlineData("Stop!|Who is there?|Nobody ...|Good.")]
    [InlineData("Mr. Smith met Dr. J. R. Miller in St. Louis.|They talked.")]
    [InlineData("Es gibt viel, z.B. Hunde, d.h. Tiere.|Das ist am 3. Mai so.")]
    [InlineData("Es gibt viel, z. B. Hunde, d. h. Tiere, u. a. Katzen.|Mehr nicht.")]
    [InlineData("It costs 3.50 at example.com, e.g. Tuesdays.|Fine.")]
    [InlineData("He said \"Go!\"|She (his sister) left.|(Then he left too.)|End.")]
    [InlineData("\"Stop!\" he said.|„Halt!“ rief er.|»Gut.«|Er ging.")]
    [InlineData("Well ... maybe not.|Really?|yes.")]
    [InlineData("So am I.|And then?!|“Yes.”|No…|Oh.")]
    [InlineData("no stop at the end")]
    [InlineData("He lives in the U.S. Army barracks.|There.")]
    [InlineData("We sell dogs, cats, etc.|They are cheap.")]
    [InlineData("Am 24. und 25. Dezember ist zu.|Bis 2024.|Danach nicht.")]
    public void Sentences_end_where_a_reader_ends_them(string marked)
    {
        var expected = marked.Split('|');
        Assert.Equal(expected, Sentences(string.Join(' ', expected)));
    }

    [Theory]
    [InlineData("これは犬です。猫です！本当？", "これは犬です。|猫です！|本当？")]
    [InlineData("「犬です。」猫です。", "「犬です。」|猫です。")]
    [InlineData("a title\nA text. Two\r\n\r\nthree", "a title|A text.|Two|three")]
    [InlineData("Dr.\nMiller", "Dr.|Miller")]
    [InlineData("end.\nlower case", "end.|lower case")]
    [InlineData("  padded.  Twice. ", "padded.|Twice.")]
    [InlineData("...", "...")]
    [InlineData("", "")]
    [InlineData(" \t\n", "")]
    public void Line_breaks_and_wide_stops_end_sentences(string text, string expected) =>
        Assert.Equal(expected.Split('|', StringSplitOptions.RemoveEmptyEntries), Sentences(text));

    [Fact]
    public void Pieces_join_to_the_text_whatever_it_is()
    {
        var random = new Random(3);
        string[] parts =
        [
            "a", "B", ".", "!", "?", "…", "。", " ", "  ", "\n", "\t", "\"", ")", "(", "3", "Mr", "\u00a0", "😀", "\ud800", "“",
        ];
        for (var round = 0; round < 5000; round++)
        {
            var text = string.Concat(random.GetItems(parts, random.Next(30)));
            var pieces = SentenceSplitter.Split(text);

            Assert.Equal(text, string.Concat(pieces.Select(piece => piece.Text)));
            Assert.All(pieces, piece => Assert.NotEmpty(piece.Text));
            Assert.All(pieces, piece => Assert.Equal(!piece.IsSentence, string.IsNullOrWhiteSpace(piece.Text)));
            Assert.All(pieces.Where(piece => piece.IsSentence), piece => Assert.Equal(piece.Text, piece.Text.Trim()));
            Assert.DoesNotContain(pieces.Zip(pieces.Skip(1)), pair => !pair.First.IsSentence && !pair.Second.IsSentence);
        }
    }

    [Theory]
    [InlineData(".")]
    [InlineData("a. ")]
    [InlineData("a.")]
    [InlineData("Mr. \"")]
    [InlineData("a.          b")]
    public void A_million_characters_take_no_quadratic_time(string pattern)
    {
        var text = string.Concat(Enumerable.Repeat(pattern, 1_000_000 / pattern.Length));
        var watch = Stopwatch.StartNew();
        SentenceSplitter.Split(text);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"took {watch.Elapsed}");
    }

    [Fact]
    public void Most_lines_of_Multi30k_are_one_sentence()
    {
        foreach (var language in (string[])["en", "de"])
        {
            var lines = TestData.Multi30k("val", language);
            var whole = lines.Count(line => SentenceSplitter.Split(line.Trim()).Count == 1);
            Assert.InRange(whole, lines.Count * 98 / 100, lines.Count);
        }
    }

    private static string[] Sentences(string text) =>
        [.. SentenceSplitter.Split(text).Where(piece => piece.IsSentence).Select(piece => piece.Text)];
}
