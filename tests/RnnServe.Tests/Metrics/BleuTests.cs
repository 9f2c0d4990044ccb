using RnnServe.Training.Metrics;

namespace RnnServe.Tests.Metrics;

public sealed class BleuTests
{
    [Theory]
    [InlineData("base.hyp.de", 34.68, 35.09)]
    [InlineData("bpedrop.hyp.de", 32.11, 32.39)]
    [InlineData("dot.hyp.de", 31.25, 31.59)]
    [InlineData("drop4.hyp.de", 34.20, 34.51)]
    public void Scores_equal_those_of_sacrebleu(string file, double cased, double lowerCased)
    {
        var hypotheses = TestData.ReadLines(TestData.InShared("data", "bleu", file));
        var references = TestData.ReadLines(TestData.InShared("data", "bleu", "ref.de"));

        Assert.Equal(cased, Bleu.Score(hypotheses, [references], lowerCase: false).Score, tolerance: 0.0051);
        Assert.Equal(lowerCased, Bleu.Score(hypotheses, [references], lowerCase: true).Score, tolerance: 0.0051);
    }

    [Fact]
    public void A_perfect_translation_scores_100()
    {
        var score = Bleu.Score(["A dog runs over the grass ."], [["A dog runs over the grass ."]], lowerCase: false);

        Assert.Equal(100, score.Score, tolerance: 1e-9);
        Assert.StartsWith("nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:rnnserve-", score.Signature, StringComparison.Ordinal);
    }

    [Fact]
    public void The_score_is_the_geometric_mean_of_the_precisions_times_the_brevity_penalty()
    {
        // 5 words of a reference with 6: matches 5/5, 4/4, 3/3, 2/2, penalty exp(1 - 6/5).
        var score = Bleu.Score(["the cat is on the"], [["the cat is on the mat"]], lowerCase: false);

        Assert.Equal(100 * Math.Exp(1 - (6.0 / 5)), score.Score, tolerance: 1e-9);
    }

    [Fact]
    public void Repeated_words_count_as_often_as_in_one_reference()
    {
        // Papineni et al. 2002, example 2: seven times "the"; the references have it twice and once.
        var score = Bleu.Score(
            ["the the the the the the the"], [["The cat is on the mat"], ["There is a cat on the mat"]], lowerCase: true);

        Assert.Equal(100 * 2.0 / 7, score.Precisions[0], tolerance: 1e-9);
    }

    [Fact]
    public void Orders_without_a_match_are_smoothed_by_halves()
    {
        // 1-grams 2/4, 2-grams 0/3 -> 1/2 of one, 3-grams 0/2 -> 1/4, 4-grams 0/1 -> 1/8.
        var score = Bleu.Score(["a x b y"], [["a b c d"]], lowerCase: false);

        double expected = 100 * Math.Pow(2.0 / 4 * (0.5 / 3) * (0.25 / 2) * (0.125 / 1), 0.25);
        Assert.Equal(expected, score.Score, tolerance: 1e-9);
    }

    [Theory]
    [InlineData("nothing in common", "other words here now")]
    [InlineData("", "other words")]
    [InlineData("two words", "two words")]      // no 4-grams: the corpus is too short for a score
    public void A_score_without_matches_of_some_order_is_0(string hypothesis, string reference) =>
        Assert.Equal(0, Bleu.Score([hypothesis], [[reference]], lowerCase: false).Score);

    [Fact]
    public void The_reference_of_the_closest_length_counts_the_shorter_of_equals()
    {
        var score = Bleu.Score(["a b c d e"], [["a b c d e f"], ["a b c d"], ["a"]], lowerCase: false);

        Assert.Equal(4, score.ReferenceLength);
        Assert.Equal("nrefs:3", score.Signature.Split('|')[0]);
    }

    // Expected values: sacreBLEU 2.6.0.
    [Theory]
    [InlineData("a dog", new[] { "" }, "BLEU = 0.00 0.0/0.0/0.0/0.0 (BP = 1.000 ratio = 0.000 hyp_len = 2 ref_len = 0)")]
    [InlineData("", new[] { "" }, "BLEU = 0.00 0.0/0.0/0.0/0.0 (BP = 1.000 ratio = 0.000 hyp_len = 0 ref_len = 0)")]
    [InlineData(" ", new[] { " \t" }, "BLEU = 0.00 0.0/0.0/0.0/0.0 (BP = 1.000 ratio = 0.000 hyp_len = 0 ref_len = 0)")]
    [InlineData("", new[] { "a" }, "BLEU = 0.00 0.0/0.0/0.0/0.0 (BP = 0.000 ratio = 0.000 hyp_len = 0 ref_len = 1)")]
    [InlineData("a b", new[] { "a b c d e", "" }, "BLEU = 0.00 100.0/100.0/0.0/0.0 (BP = 1.000 ratio = 0.000 hyp_len = 2 ref_len = 0)")]
    [InlineData(
        "a b c d e", new[] { "", "a b c d x y z z z z z" },
        "BLEU = 66.87 80.0/75.0/66.7/50.0 (BP = 1.000 ratio = 0.000 hyp_len = 5 ref_len = 0)")]
    public void References_without_words_count_with_length_0(string hypothesis, string[] references, string expected) =>
        Assert.Equal(expected, Bleu.Score([hypothesis], [.. references.Select(r => new[] { r })], lowerCase: false).ToString());

    [Fact]
    public void Lists_of_different_lengths_are_refused() =>
        Assert.Contains(
            "2 hypotheses but 1 references",
            Assert.Throws<ArgumentException>(() => Bleu.Score(["a", "b"], [["a"]], lowerCase: false)).Message,
            StringComparison.Ordinal);

    // Expected values come from the regular expressions of mteval-v13a, run by Python.
    [Theory]
    [MemberData(nameof(Sentences))]
    public void Sentences_are_split_as_mteval_does(string sentence, string expected) =>
        Assert.Equal(expected, string.Join(' ', Tokenizer13a.Split(sentence)));

    public static TheoryData<string, string> Sentences => new()
    {
        { "Hello, world!", "Hello , world !" },
        { "It costs 1,234.56 euros (about $1.5).", "It costs 1,234.56 euros ( about $ 1.5 ) ." },
        { "\"Quoted\" &quot;and&quot; &amp; &lt;b&gt;", "\" Quoted \" \" and \" & < b >" },
        { "a 3-4 goal, 5-year-old", "a 3 - 4 goal , 5 - year-old" },
        { "e.g. U.S.A. ends.", "e . g . U . S . A . ends ." },
        { "1.", "1 ." },
        { ".5 and 5.", ". 5 and 5 ." },
        { "don't stop; it's @home/work #1 *", "don't stop ; it's @ home / work # 1 *" },
        { "a\u00a0b\u2003c\u001cd", "a b c d" },
        { "Straße – „Mädchen“ …", "Straße – „Mädchen“ …" },
        { "a😀.b,😀", "a😀 . b , 😀" },
        { "<skipped>x -y z-", "x -y z-" },
        { "tab\u0009here  double", "tab here double" },
        { "", "" },
        { "[a]{b}|c~d`e_f^g\\h", "[ a ] { b } | c ~ d ` e _ f ^ g \\ h" },
        { "10,000,000 2.5.3 a,1 1,a", "10,000,000 2.5.3 a , 1 1 , a" },
        { "中文。 句子, ok", "中文。 句子 , ok" },
    };
}
