using RnnServe.Inference.Text;
using RnnServe.Inference.Text.Unicode;

namespace RnnServe.Tests.Text;

public class PlainTextTests
{
    // Learnt from Multi30k's English and German: knows “, ” and „, but neither ’ nor ﬁ.
    private static readonly Lazy<PlainText> Learnt = new(() => new PlainText(LearntTokenizer.Multi30k, "en"));

    private static PlainText English => LearntTokenizer.Multi30k is null ? null! : Learnt.Value;

    [Theory]
    [InlineData("A dog runs.")]
    [InlineData("A man's dog, \"Rex\" (3), jumps - 50% higher; see http://example.com/~a_b|c.")]
    [InlineData("Ein Mädchen läuft über die Straße nach Köln.")]
    [InlineData("café, piñata")]
    [InlineData("USA")]
    [InlineData("В лесу 漢字 😀 \u0301x")]          // nothing stands for these
    public void Plain_text_stays_the_same_object(string text)
    {
        Assert.Same(text, English.Of(text, out var origins));
        Assert.Null(origins);
    }

    [Theory]
    [InlineData("A  man\trides\u00a0a\u2003bike\u2581fast .", "A man rides a bike fast .")]
    [InlineData(" A dog runs.", "A dog runs."), InlineData("A dog runs. ", "A dog runs.")]
    [InlineData("A\u3000man \u00a0 \u202f runs.", "A man runs.")]
    [InlineData("A do\u00adg ru\u200bns\u2060 \u200d\ufeffon\u200e \u0007ice\u0085.\u200b", "A dog runs on ice .")]
    [InlineData("\ufeffA dog\ufe0f runs.", "A dog runs.")]
    [InlineData("A man’s dog, the girls‘ cat, rock ʼn′ roll`s", "A man's dog, the girls' cat, rock 'n' roll's")]
    [InlineData("“A” „sign“ «says» ″stop‟", "\"A\" \"sign\" \"says\" \"stop\"")]
    [InlineData("a two\u2011day trip \u2014 2\u20133 men \u2212 5", "a two-day trip - 2-3 men - 5")]
    [InlineData("A ﬁsh ﬂies to the oﬃce…", "A fish flies to the office...")]
    [InlineData("Ａ ｍａｎ，① ² ½ ™ №", "A man,1 2 1/2 TM No")]
    [InlineData("Cafe\u0301 A\u0308rger", "Café Ärger")]
    [InlineData("x\u2003\u00a8\u00b8", "x \u00a8\u00b8")]            // form KC would set an accent on a blank
    [InlineData("A MAN RIDES A BIKE.", "A man rides a bike.")]
    [InlineData("„ZWEI MÄDCHEN ESSEN EIS“", "\"Zwei mädchen essen eis\"")]
    [InlineData("3 DOGS RUN", "3 Dogs run")]
    [InlineData("USA 2024, A b", "USA 2024, A b")]
    public void What_the_model_does_not_know_is_written_as_it_does(string text, string plain) => Assert.Equal(plain, English.Of(text, out _));

    [Fact]
    public void A_language_keeps_its_own_marks_where_the_model_knows_them()
    {
        var ascii = BpeLearner.Learn(["Ein \"Halt\" - sagt."], new TokenizerTraining(300));

        Assert.Equal("Ein „Halt“ – sagt \"er\".", new PlainText(LearntTokenizer.Multi30k, "de").Of("Ein „Halt“ – sagt »er«.", out _));
        Assert.Equal("Ein \"Halt\" - sagt.", new PlainText(ascii, "de").Of("Ein „Halt“ – sagt.", out _));
    }

    [Fact]
    public void Every_character_of_the_plain_form_knows_where_it_comes_from()
    {
        const string text = " A\t ﬁ\u00adsh\u00a0’n…E\u0301";
        string plain = English.Of(text, out var origins);

        Assert.Equal("A fish 'n...É", plain);
        Assert.Equal([1, 2, 4, 4, 6, 7, 8, 9, 10, 11, 11, 11, 12], origins!);
    }

    [Fact]
    public void Whatever_comes_in_no_blank_is_double_and_a_second_time_changes_nothing()
    {
        foreach (string text in (string[])[.. NastyStrings.All, .. NastyStrings.Random(seed: 9, count: 3000)])
        {
            string plain = English.Of(text, out var origins);

            Assert.DoesNotContain("  ", plain, StringComparison.Ordinal);
            Assert.True(origins is null || origins.Count == plain.Length);
            Assert.True(origins is null || origins.SequenceEqual(origins.Order()));
            Assert.Equal(CanonicalComposition.Normalize(plain), CanonicalComposition.Normalize(English.Of(plain, out _)));
        }
    }

    [Theory]
    [InlineData("-"), InlineData("…"), InlineData("***"), InlineData("?!"), InlineData("(2)"), InlineData("31"), InlineData("😀 12:30"), InlineData("")]
    public void Signs_and_numbers_have_no_letter(string text) => Assert.False(PlainText.HasLetter(text));

    [Theory]
    [InlineData("a"), InlineData("3 µ"), InlineData("犬"), InlineData("\ud800x")]
    public void Texts_have_letters(string text) => Assert.True(PlainText.HasLetter(text));

    [Fact]
    public void Form_KC_is_JavaScripts()
    {
        List<string> texts = [.. NastyStrings.All, .. NastyStrings.Random(seed: 6, count: 5000)];
        for (int point = 0; point <= 0x10FFFF; point += point is > 0x3100 and < 0xF900 or > 0x20000 ? 7 : 1)
        {
            if (point is < 0xD800 or > 0xDFFF)
                texts.Add("a" + char.ConvertFromUtf32(point) + "\u0301");
        }

        var expected = HuggingFace.Normalize(texts, "NFKC");
        for (int i = 0; i < texts.Count; i++)
        {
            if (expected[i] is { } text)
                Assert.Equal(text, CanonicalComposition.NormalizeCompatibly(texts[i]));
        }
    }
}
