using System.Diagnostics;
using RnnServe.Inference.Text;

namespace RnnServe.Tests.Text;

public class SentenceSplitterTests
{
    private static readonly SentenceSplitter English = new("en"), German = new("de"), French = new("fr-CA"), Any = new("x");

    [Theory]
    [InlineData("A dog runs.|A cat sleeps.")]
    [InlineData("Stop!|Who is there?|Nobody ...|Good.")]
    [InlineData("Mr. Smith met Dr. J. R. Miller in St. Louis.|They talked.")]
    [InlineData("It costs 3.50 at example.com, e.g. Tuesdays.|Fine.")]
    [InlineData("He said \"Go!\"|She (his sister) left.|(Then he left too.)|End.")]
    [InlineData("\"Stop!\" he said.|»Gut.«|He went.")]
    [InlineData("Well ... maybe not.|Really?|yes.")]
    [InlineData("So am I.|And then?!|“Yes.”|No…|Oh.")]
    [InlineData("no stop at the end")]
    [InlineData("He lives in the U.S. Army barracks.|There.")]
    [InlineData("We sell dogs, cats, etc.|They are cheap.")]
    [InlineData("No. 5 is a red bus.|A man waits.")]
    [InlineData("See Art. 7 and fig. 3.|The answer is no.|Modern art.|Dogs run.")]
    [InlineData("He was 5.|She was 12.|They ran.")]
    [InlineData("1. A man walks.|12. Two dogs run.|In 1999. He left.", "1. A man walks.|12. Two dogs run.|In 1999.|He left.")]
    [InlineData("Apple Inc. Chief Tim Cook spoke.|He left Apple Inc.|He runs Miller Bros. Circus.")]
    [InlineData("Gov. Miller and Sgt. Pepper met Capt. Hook on Mon. March 3rd at 5 p.m. Eastern time.|It was 5 p.m.|They left.")]
    [InlineData("They sat.|The sun.|A mar.|Dogs run.")]
    [InlineData("Smith Ph.D. Miller is here.|He got a Ph.D.|She too.")]
    public void English_sentences_end_where_a_reader_ends_them(string marked, string? expected = null) => AssertSplit(English, marked, expected);

    [Theory]
    [InlineData("Es gibt viel, z.B. Hunde, d.h. Tiere.|Das ist am 3. Mai so.")]
    [InlineData("Es gibt viel, z. B. Hunde, d. h. Tiere, u. a. Katzen.|Mehr nicht.")]
    [InlineData("Am 24. und 25. Dezember ist zu.|Bis 2024.|Danach nicht.")]
    [InlineData("„Halt!“ rief er.|»Gut.«|Er ging.")]
    [InlineData("Die Dr. med. Praxis ist offen.|Ein Hund schläft.")]
    [InlineData("Die Muster GmbH & Co. KG verkauft Räder.|Ein Kind schaut zu.")]
    [InlineData("Prof. Dr. rer. nat. Müller und Dipl.-Ing. Schmidt essen ca. 3 Mio. Kekse.|Gut.")]
    [InlineData("Es gilt Art. 5 Abs. 2 Nr. 3 bzgl. Hunden, vgl. Abb. 7 oben.|Eine neue Art.|Ein Hund bellt.")]
    [InlineData("Hunde, Katzen usw. Tiere aller Art sind da.|Hunde, Katzen usw.|Die sind da.")]
    [InlineData("Ludwig XIV. Frankreichs König kam.|Das war 50 n.Chr. Geburt.|Ein Mann, i.d.R. Hausherr, z.Zt. Gast.")]
    [InlineData("Der stellv. Vorsitzende und der ehem. Präsident, insb. Herr Maier, kamen im Jan. Minus 5 Grad.|Kalt.")]
    [InlineData("Er war 5. Sie war 12.")]
    public void German_sentences_end_where_a_reader_ends_them(string marked) => AssertSplit(German, marked);

    [Fact]
    public void Languages_without_lists_of_their_own_are_cut_with_care()
    {
        AssertSplit(Any, "Dr. Novák a Prof. Müller.|Dne 3. Ledna.|Konec.");
        AssertSplit(French, "M. Dupont et Mme. Durand parlent.|Il est 5.|Elle rit.");
    }

    [Theory]
    [InlineData("A man rides a bike.|Two girls eat ice cream.")]
    [InlineData("A man (and a dog).|Two girls run!|They stop.|I see.|I'm here?|Yes, we are.")]
    [InlineData("Ein Hund bellt.|Zwei Mädchen (3 Jahre).|Dann ist Schluss...|Ende der Reise.|Aus!")]
    [InlineData("He said \"go.\"|Then he went.")]
    [InlineData("Visit example.com or www.Example.com or 2.5 or z.B.Hunde or U.S.A.Today.")]
    [InlineData("Dr.Miller uses Node.js, ASP.NET, System.Console.WriteLine and Console.WriteLine of peter@mail.Example or a/b.Txt.")]
    [InlineData("A file.TXT of 3.Bundesliga and bike.two.")]
    public void A_forgotten_space_does_not_join_sentences(string marked)
    {
        foreach (var splitter in (SentenceSplitter[])[English, German])
            Assert.Equal(marked.Split('|'), Sentences(splitter, marked.Replace("|", "", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("これは犬です。猫です！本当？", "これは犬です。|猫です！|本当？")]
    [InlineData("円周率は３．１４です。３．そうです。", "円周率は３．１４です。|３．|そうです。")]
    [InlineData("「犬です。」猫です。", "「犬です。」|猫です。")]
    [InlineData("a title\nA text. Two\r\n\r\nthree", "a title|A text.|Two|three")]
    [InlineData("Dr.\nMiller", "Dr.|Miller")]
    [InlineData("end.\nlower case", "end.|lower case")]
    [InlineData("  padded.  Twice. ", "padded.|Twice.")]
    [InlineData("...", "...")]
    [InlineData("", "")]
    [InlineData(" \t\n", "")]
    public void Line_breaks_and_wide_stops_end_sentences(string text, string expected) =>
        Assert.Equal(expected.Split('|', StringSplitOptions.RemoveEmptyEntries), Sentences(English, text));

    [Fact]
    public void Pieces_join_to_the_text_whatever_it_is()
    {
        var random = new Random(3);
        string[] parts =
        [
            "a", "B", "Ba", ".", "!", "?", "…", "。", " ", "  ", "\n", "\t", "\"", ")", "(", "3", "Mr", "\u00a0", "😀", "\ud800", "“",
        ];
        for (var round = 0; round < 5000; round++)
        {
            var text = string.Concat(random.GetItems(parts, random.Next(30)));
            var pieces = English.Split(text);

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
    [InlineData("x@y.Two,")]
    [InlineData("bike.Two,")]
    public void A_million_characters_take_no_quadratic_time(string pattern)
    {
        var text = string.Concat(Enumerable.Repeat(pattern, 1_000_000 / pattern.Length));
        var watch = Stopwatch.StartNew();
        English.Split(text);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"took {watch.Elapsed}");
    }

    [Theory]
    [InlineData("en"), InlineData("de")]
    public void Most_lines_of_Multi30k_are_one_sentence(string language)
    {
        var splitter = new SentenceSplitter(language);
        var lines = TestData.Multi30k("val", language);
        var whole = lines.Count(line => splitter.Split(line.Trim()).Count == 1);
        Assert.InRange(whole, lines.Count * 98 / 100, lines.Count);
    }

    /// <param name="splitter">A language's.</param>
    /// <param name="marked">Sentences with '|' between them, which stands for a space.</param>
    /// <param name="expected">The same as they must come out, where that differs.</param>
    private static void AssertSplit(SentenceSplitter splitter, string marked, string? expected = null) =>
        Assert.Equal((expected ?? marked).Split('|'), Sentences(splitter, marked.Replace('|', ' ')));

    private static string[] Sentences(SentenceSplitter splitter, string text) =>
        [.. splitter.Split(text).Where(piece => piece.IsSentence).Select(piece => piece.Text)];
}
