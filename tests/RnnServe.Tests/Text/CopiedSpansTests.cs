using System.Diagnostics;
using RnnServe.Inference.Text;

namespace RnnServe.Tests.Text;

public class CopiedSpansTests
{
    [Theory]
    [InlineData("See [https://example.com/a?b=1&c=2#d].")]
    [InlineData("Is it [HTTPS://Example.COM]?")]
    [InlineData("(At [www.example.org], \"[http://a.de/b_(c)]\" or '[ftp://x.y/z]')!")]
    [InlineData("[https://x.com/{id}/y]; [https://{host}], [https://x.com/a](b [http://y.de/]{c [https://x.com]'s")]
    [InlineData("看[https://x.com/a]。好")]
    [InlineData("Look at [example.com], [docs.python.org/3/], [a-b.co.uk] and [müller.de].")]
    [InlineData("A bike.It is e.g. mine, z.B. hers, and/or README.md.Then")]
    [InlineData("Path [files.example/readme.txt] and [EXAMPLE.COM].")]
    [InlineData("Write to [max.muster+x@mail.example.com], [mailto:a@b.de].")]
    public void Addresses_end_before_the_sentence_s_marks(string marked) => AssertSpans(marked);

    [Theory]
    [InlineData("Hi [{name}], [{{ user }}], [${x}], [%{count}] and [{0:N2}], not { this } or {}.")]
    [InlineData("[%s] of [%d], [%i], [%u], [%f], [%.2f], [%1$d], [%1$s], [%(name)s], [%@], [%02d], [%ld].")]
    [InlineData("[5%] discount, eine [5]%ige und [100] %ige Chance, [100%].")]
    [InlineData("[<b>]bold[</b>][<br/>][<br />] [<a href=\"x y\" id=1>]link[</a>] a <b and c> d < e")]
    [InlineData("Tom[&nbsp;][&amp;] Jerry[&#39;]s [&#x2019;] A&B; AT&T")]
    [InlineData("Ask [@max_m] and [@a.b@host.social] about [#fun], [#42] and C# @ home.")]
    [InlineData("Typed by hand: [\uE000] and [\uE00F].")]
    public void Variables_tags_and_names_are_found_whole(string marked) => AssertSpans(marked);

    [Theory]
    [InlineData("[5] dogs, [12] cats, [-3] or [+4] birds, [1,000] or [1.000,50] or [3.14] or [1'000'000]")]
    [InlineData("At [2:30] or [14:05:10] on [2026-11-29], [12/31/2026] or [24.12.2018].")]
    [InlineData("[2026-11-29T12:30:00Z] [192.168.0.1] [1920x1080] [1/2] [10]-[20] [2019]–[2020]")]
    [InlineData("[$5], [€5], [5€], [-$3.50], [20%], [20°C], [10km], [5kg], [100km/h], [16GB], [3m²], [7]")]
    [InlineData("The 1st, 2nd, 19th, 3D, A4, v1.5, 1990s, H2O, COVID-19, 2:30pm and F-16 are words.")]
    [InlineData("Am 19. Mai, am 24. und 25. Dezember, 19.-20. Mai, es waren [19].")]
    [InlineData("Es war [1999]. Dann [3.5]. Dann [20]")]
    [InlineData("a [5]-year-old's (\"[6]\") [7]!")]
    public void Numbers_are_found_with_sign_separators_and_unit_but_not_inside_words(string marked) => AssertSpans(marked);

    [Theory]
    [InlineData("")]
    [InlineData("A man rides a bike...")]
    [InlineData("Well - e.g. this & that; 'so' (they) say: #, @, %, <, {, }.")]
    public void Plain_words_have_none(string text) => Assert.Empty(CopiedSpans.Find(text));

    [Theory]
    [InlineData("a")]
    [InlineData("1")]
    [InlineData("a.")]
    [InlineData("a-")]
    [InlineData("1.", "x")]
    [InlineData("1:", "1x")]
    [InlineData("1/1,", "1x")]
    [InlineData("1-")]
    [InlineData("1'000'000")]
    [InlineData("1. ")]
    [InlineData("a@")]
    [InlineData("a@a.")]
    [InlineData("@a.")]
    [InlineData("<a ")]
    [InlineData("<a b=c")]
    [InlineData("<a b=\"c ", "<")]
    [InlineData(" b=c", "<", "<a")]
    [InlineData("{")]
    [InlineData("{{a")]
    [InlineData("%1")]
    [InlineData("%(a")]
    [InlineData("&#1")]
    [InlineData("#")]
    [InlineData("https://")]
    [InlineData("https://.(")]
    [InlineData("(", "", "https://")]
    [InlineData(".", "", "https://")]
    [InlineData("(a)", "", "https://")]
    [InlineData("{a", "", "https://")]
    [InlineData("{a}.", "", "https://")]
    [InlineData("www.")]
    [InlineData(" ")]
    [InlineData("-")]
    public void The_time_is_linear_in_the_length(string repeated, string end = "", string start = "")
    {
        string text = start + string.Concat(Enumerable.Repeat(repeated, 200_000 / repeated.Length)) + end;

        var clock = Stopwatch.StartNew();
        CopiedSpans.Find(text);

        // Linear searches take up to 0.1 s, quadratic ones minutes.
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    /// <summary>The spans are those that brackets mark; brackets and what they surround are the text.</summary>
    private static void AssertSpans(string marked)
    {
        var expected = new List<string>();
        string text = "";
        foreach (string piece in marked.Split('['))
        {
            int end = piece.IndexOf(']', StringComparison.Ordinal);
            if (end >= 0)
                expected.Add(piece[..end]);
            text += end >= 0 ? piece.Remove(end, 1) : piece;
        }

        Assert.Equal(expected, CopiedSpans.Find(text).Select(span => text.Substring(span.Start, span.Length)));
    }
}
