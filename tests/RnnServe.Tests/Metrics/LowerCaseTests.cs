using RnnServe.Training.Kinds.Caption.Metrics;
using RnnServe.Training.Metrics;

namespace RnnServe.Tests.Metrics;

public sealed class LowerCaseTests
{
    // Expected values: Python's str.lower().
    [Theory]
    [InlineData("ΟΔΟΣ", "οδος")]
    [InlineData("ΣΑΣ ΤΟΥΣ", "σας τους")]
    [InlineData("ΟΔΟΣ. ΟΔΟΣ, ΟΔΟΣ'Α", "οδος. οδος, οδοσ'α")]         // what case ignores is looked through
    [InlineData("ΟΔΟΣ-Α Ο.Σ Σ. ΑΣ1 1Σ", "οδος-α ο.ς σ. ας1 1σ")]
    [InlineData("Α\u0301Σ Α\u00ADΣ ΑΣ\u0301 ΑΣ\u0301Α", "α\u0301ς α\u00ADς ας\u0301 ασ\u0301α")]
    [InlineData("ⅧΣ ªΣ ʰΣ 𝒜Σ 🅰Σ 中Σ", "ⅷς ªς ʰσ 𝒜ς 🅰ς 中σ")]
    [InlineData("ΑΣ𐐀 ΑΣ😀", "ασ𐐨 ας😀")]
    [InlineData("İSTANBUL Iı", "i\u0307stanbul iı")]
    [InlineData("STRASSE ẞ ß Ǆ ǅ ÀÉ", "strasse ß ß ǆ ǆ àé")]
    [InlineData("", "")]
    public void Texts_are_lower_cased_as_Unicode_says(string text, string expected) => Assert.Equal(expected, LowerCase.Of(text));

    // sacreBLEU's lc: the other spelling is another word there too.
    [Theory]
    [InlineData("Η ΟΔΟΣ ΤΟΥΣ ΕΙΝΑΙ ΜΑΚΡΙΑ", "η οδος τους ειναι μακρια", 100)]
    [InlineData("İZMİR VE İSTANBUL GÜZEL ŞEHİRLER", "i\u0307zmi\u0307r ve i\u0307stanbul güzel şehi\u0307rler", 100)]
    [InlineData("η οδοσ τουσ ειναι μακρια", "Η ΟΔΟΣ ΤΟΥΣ ΕΙΝΑΙ ΜΑΚΡΙΑ", 23.643540225079384)]
    public void BLEU_ignores_case_in_any_script(string hypothesis, string reference, double expected) =>
        Assert.Equal(expected, Bleu.Score([hypothesis], [[reference]], lowerCase: true).Score, tolerance: 1e-9);

    [Fact]
    public void Captions_are_learnt_in_the_same_lower_case() => Assert.Equal("οδος i\u0307zmi\u0307r", CaptionText.Normalise("ΟΔΟΣ, İZMİR"));
}
