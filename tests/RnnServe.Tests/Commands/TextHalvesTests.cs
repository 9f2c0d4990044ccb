using RnnServe.Training.Kinds.Translate;

namespace RnnServe.Tests.Commands;

public sealed class TextHalvesTests
{
    [Theory]
    [InlineData("A dog runs fast. Two cats sleep here.", "A dog runs fast.", "Two cats sleep here.")]
    [InlineData("He saw Dr. Smith walking. He ran. Nobody there knew why.", "He saw Dr. Smith walking.", "He ran. Nobody there knew why.")]
    [InlineData("One line of it here\u2028 Another. And a third", "One line of it here", "Another. And a third")]
    [InlineData("Er sagt: „Ein Hund bellt!“ „Eine Katze schläft.“", "Er sagt: „Ein Hund bellt!“", "„Eine Katze schläft.“")]
    [InlineData("it was 5. it was 7. no", "it was 5.", "it was 7. no")]
    [InlineData("no stop in these words", "no stop in", "these words")]
    [InlineData("狗跑。猫睡。", "狗跑。", "猫睡。")]
    [InlineData("Donaudampfschifffahrt", "Donaudampf", "schifffahrt")]
    [InlineData("A. bbbbbbbbbbbbbbbbbbbbbbbbbbbb", "A. bbbbbbbbbbbb", "bbbbbbbbbbbbbbbb")]    // too near to an end
    [InlineData("🐶🐶🐶", "🐶🐶", "🐶")]
    [InlineData("abc", "a", "bc")]
    public void A_text_is_cut_where_a_sentence_surely_ends_near_its_middle(string text, string first, string second)
    {
        var (found, space, rest) = TextHalves.Of(text);

        Assert.Equal((first, second), (found, rest));
        Assert.True(string.IsNullOrWhiteSpace(space));
        Assert.Equal(text, found + space + rest);
    }
}
