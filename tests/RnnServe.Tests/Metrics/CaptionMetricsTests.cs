using RnnServe.Training.Kinds.Caption.Metrics;

namespace RnnServe.Tests.Metrics;

public sealed class CaptionMetricsTests
{
    private static readonly double Root2 = Math.Sqrt(2), Root6 = Math.Sqrt(6);

    [Theory]
    [InlineData("A child in a pink dress is climbing up a set of stairs in an entry way .", "a child in a pink dress is climbing up a set of stairs in an entry way")]
    [InlineData("A tri-colored dog, running!  And\ta \"cat\" ; it sits", "a tri-colored dog running and a cat it sits")]
    [InlineData("The man's dog doesn't bark - they're quiet.", "the man 's dog does n't bark they 're quiet")]
    [InlineData("a woman 's hat , is n't it ?", "a woman 's hat is n't it")]
    [InlineData("It’s 1,000.5 feet at 5:30 (o'clock) & #7 ...", "it 's 1,000.5 feet at 5:30 o'clock & # 7")]
    [InlineData("U.S. flag...on a black/white T-shirt--'super'", "u.s. flag on a black/white t-shirt super")]
    [InlineData(" . ", "")]
    [InlineData("", "")]
    public void Captions_are_learnt_in_lower_case_without_punctuation(string caption, string expected)
    {
        Assert.Equal(expected, CaptionText.Normalise(caption));
        Assert.Equal(CaptionText.Normalise(caption), CaptionText.Normalise(CaptionText.Normalise(caption)));
    }

    private static bool Near(double expected, double found) => Math.Abs(expected - found) < 1e-6;

    [Fact]
    public void BLEU_counts_over_all_images_against_the_closest_length()
    {
        // Image 1: 5 words; matches: the, cat, sat, on (4 of 5), the cat, cat sat, sat on (3 of 4), 2 of 3, 1 of 2; references of 6 and 3: 6.
        // Image 2: 2 words; 2 of 2, 1 of 1, 0 of 0, 0 of 0; reference of 2.
        var scores = CaptionMetrics.Score(
            ["The cat sat on it .", "two dogs"],
            [["the cat sat on the mat", "a cat sits"], ["Two dogs !"]]);

        double penalty = Math.Exp(1 - (8.0 / 7));
        Assert.Equal(100 * penalty * (6.0 / 7), scores.Bleu1, tolerance: 1e-6);
        Assert.Equal(100 * penalty * Math.Pow(6.0 / 7 * (4.0 / 5), 1 / 2.0), scores.Bleu2, tolerance: 1e-6);
        Assert.Equal(100 * penalty * Math.Pow(6.0 / 7 * (4.0 / 5) * (2.0 / 3), 1 / 3.0), scores.Bleu3, tolerance: 1e-6);
        Assert.Equal(100 * penalty * Math.Pow(6.0 / 7 * (4.0 / 5) * (2.0 / 3) * (1.0 / 2), 1 / 4.0), scores.Bleu4, tolerance: 1e-6);
        Assert.Equal(2, scores.Images);
    }

    [Fact]
    public void CIDEr_D_weighs_words_by_how_few_images_have_them()
    {
        // Two images, so that a word of both ("a") weighs nothing and every other ln 2, which the cosine cancels.
        // Caption 1 "a dog sits" against "a dog runs": words (a, dog, sits) 1/2, pairs 1/2, triple 0;
        // against "the dog sits": words 2 / (√2 √3), pairs 1/2, triple 0. Caption 2 "a cat" is its reference: words 1, pairs 1.
        var scores = CaptionMetrics.Score(["a dog sits", "a cat"], [["a dog runs", "the dog sits"], ["a cat"]]);

        double first = 10 * ((0.5 + 0.5) / 4 + ((2 / Root6) + 0.5) / 4) / 2;
        double second = 10 * (1 + 1) / 4.0;
        Assert.Equal((first + second) / 2, scores.CiderD, tolerance: 1e-9);
    }

    [Fact]
    public void CIDEr_D_falls_with_the_difference_in_length_and_clips_repetitions()
    {
        // Image 1: "dog dog dog" against "dog": words min(3, 1) x 1 / (3 x 1) = 1/3; no pairs in the reference; 2 pairs more: e^(-4/72).
        // Image 2: "red bird" against "red bird sings": words 2 / (√2 √3), pairs 1 / √2; 1 pair less: e^(-1/72).
        var scores = CaptionMetrics.Score(["dog dog dog", "red bird"], [["dog"], ["red bird sings"]]);

        double first = 10 * (1 / 3.0) / 4 * Math.Exp(-4 / 72.0);
        double second = 10 * ((2 / Root6) + (1 / Root2)) / 4 * Math.Exp(-1 / 72.0);
        Assert.Equal((first + second) / 2, scores.CiderD, tolerance: 1e-9);
    }

    // Expected values: the published scorers, over the words that CoreNLP 3.4.1 finds.
    [Fact]
    public void People_score_against_each_other_what_the_published_scorers_say()
    {
        var images = TestData.ReadLines(TestData.InShared("data", "flickr8k", "val.txt")).ToHashSet(StringComparer.Ordinal);
        var captions = TestData.ReadLines(TestData.InShared("data", "flickr8k", "captions.tsv"))
            .Select(line => (Image: line.Split('#')[0], Text: line.Split('\t')[1]))
            .Where(line => images.Contains(line.Image))
            .GroupBy(line => line.Image, line => line.Text)
            .Select(image => image.ToList())
            .ToList();

        var scores = CaptionMetrics.Score([.. captions.Select(c => c[0])], [.. captions.Select(c => c[1..])]);

        Assert.Equal(1000, scores.Images);
        Assert.Equal(62.751295, scores.Bleu1, tolerance: 1e-5);
        Assert.Equal(44.342980, scores.Bleu2, tolerance: 1e-5);
        Assert.Equal(30.708129, scores.Bleu3, tolerance: 1e-5);
        Assert.Equal(21.160098, scores.Bleu4, tolerance: 1e-5);
        Assert.Equal(0.80366179, scores.CiderD, tolerance: 1e-7);
    }

    // Expected values: the published scorers.
    [Fact]
    public void References_without_words_count_with_length_0()
    {
        var half = CaptionMetrics.Score(["a dog runs home now", "a cat"], [["a dog runs home now", "..."], ["a cat sits"]]);
        var each = CaptionMetrics.Score(
            ["a dog runs on grass", "a cat sits here now"], [["a dog runs on grass", "."], ["a cat sits here now", ""]]);
        var none = CaptionMetrics.Score(
            ["a dog runs on grass", "a cat sits here now"], [["...", "."], ["a cat sits here now", "a cat"]]);

        Assert.Equal([86.687790, 86.687790, 4.24338435], [half.Bleu1, half.Bleu4, half.CiderD], Near);
        Assert.Equal([100, 100, 5], [each.Bleu1, each.Bleu4, each.CiderD], Near);
        Assert.Equal([50, 50, 3.12461781], [none.Bleu1, none.Bleu4, none.CiderD], Near);
    }

    [Fact]
    public void Only_references_without_words_give_numbers_all_the_same()
    {
        var scores = CaptionMetrics.Score(["a dog", ""], [["!", "..."], [""]]);

        Assert.InRange(scores.Bleu1, 0, 1e-6);
        Assert.Equal(0, scores.CiderD);
        Assert.StartsWith("BLEU-1..4 = 0.00 / 0.00 / 0.00 / 0.00  CIDEr-D = 0.000", scores.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_captions_score_nothing()
    {
        var scores = CaptionMetrics.Score(["", "."], [["a dog"], ["a cat"]]);

        Assert.InRange(scores.Bleu1, 0, 1e-6);
        Assert.Equal(0, scores.CiderD);
    }

    [Fact]
    public void Other_numbers_of_captions_and_references_are_refused()
    {
        Assert.Contains(
            "1 captions and references of 2 images",
            Assert.Throws<ArgumentException>(() => CaptionMetrics.Score(["a"], [["a"], ["b"]])).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => CaptionMetrics.Score(["a"], [[]]));
        Assert.Throws<ArgumentException>(() => CaptionMetrics.Score([], []));
    }

    [Fact]
    public void The_signature_names_the_number_of_references()
    {
        Assert.StartsWith("nrefs:2|case:lc|tok:caption|", CaptionMetrics.Signature([["a", "b"]]), StringComparison.Ordinal);
        Assert.StartsWith("nrefs:1-2|", CaptionMetrics.Signature([["a", "b"], ["c"]]), StringComparison.Ordinal);
    }
}
