using RnnServe.Inference.Text;

namespace RnnServe.Tests.Text;

public class PlaceholderTextTests
{
    [Theory]
    [InlineData("Pay $5 at https://x.com/a.", 4, "Pay 0 at 1.")]
    [InlineData("1, 2 and 3", 2, "0, 1 and 3")]
    [InlineData("Nothing here.", 4, "Nothing here.")]
    [InlineData("5 or \uE003 or \uE000", 2, "0 or 1 or ")]
    [InlineData("5 or 6 or \uE003", 2, "0 or 1 or \uE003")]
    public void The_first_spans_are_replaced(string sentence, int count, string expected) =>
        Assert.Equal(expected, Digits(PlaceholderText.Protect(sentence, count).Text));

    [Theory]
    [InlineData("Pay $5 at a@b.de.", "Zahle 0 bei 1.", "Zahle $5 bei a@b.de.")]
    [InlineData("Pay $5 at a@b.de.", "Bei 1 zahle 0.", "Bei a@b.de zahle $5.")]
    [InlineData("Pay $5.", "Zahle 0 und 0.", "Zahle $5 und $5.")]
    [InlineData("Pay $5.", "3 Zahle 1 sofort 0 3.", "Zahle sofort $5.")]
    [InlineData("Pay $5.", "Zahle 10 3", "Zahle $5")]
    [InlineData("Pay $5 now.", "Zahle.", "Zahle $5.")]
    [InlineData("“Pay $5 for 2!”", "„Zahle!“", "„Zahle $5 2!“")]
    [InlineData("Pay $5 for 2", "(Zahle)", "(Zahle) $5 2")]
    [InlineData("Pay $5 for 2.", "Zahle 1.", "Zahle 2 $5.")]
    [InlineData("Pay $5.", "", "$5")]
    [InlineData("Pay.", "0Zahle 1.", "Zahle.")]
    public void Spans_come_back_and_none_is_lost(string sentence, string output, string expected) =>
        Assert.Equal(expected, PlaceholderText.Protect(sentence, 4).Restore(Placed(output)));

    [Fact]
    public void A_part_has_the_placeholders_that_it_reads()
    {
        var whole = PlaceholderText.Protect("One 1 and two 2.", 2);

        var part = whole.Part(Placed("and two 1."));

        Assert.Equal("zwei 2.", part.Restore("zwei."));
        Assert.Equal("2", part.Show(Placed("1")));
        Assert.Equal("", part.Show(Placed("0")));
        Assert.Equal("zwei", part.Show("zwei"));
    }

    [Theory]
    [InlineData("https://x.com, 5!", false)]
    [InlineData("1 2 3 4 x@y.de", false)]
    [InlineData("5 a", true)]
    public void Letters_of_spans_do_not_count(string sentence, bool expected) =>
        Assert.Equal(expected, PlaceholderText.Protect(sentence, 2).HasLetter);

    /// <summary>Digits of an output stand for placeholders.</summary>
    private static string Placed(string text) => string.Concat(text.Select(c => char.IsDigit(c) ? (char)('\uE000' + (c - '0')) : c));

    /// <summary>The placeholders of a text as digits.</summary>
    private static string Digits(string text) =>
        string.Concat(text.Select(c => c is '\uE000' or '\uE001' ? (char)('0' + (c - '\uE000')) : c));
}
