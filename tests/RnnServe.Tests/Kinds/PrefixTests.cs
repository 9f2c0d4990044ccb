using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;

namespace RnnServe.Tests.Kinds;

/// <summary>Translations of shipped models that must begin with given characters.</summary>
public sealed class PrefixTests
{
    [Theory, InlineData(1, false), InlineData(5, false), InlineData(0, true)]
    public async Task A_translation_begins_with_any_beginning_of_a_reference(int beam, bool sampled)
    {
        int count = Skip.LongTestsAreWanted ? 1000 : 100;
        var (texts, references) = (TestData.Multi30k("test_2016_flickr", "en"), TestData.Multi30k("test_2016_flickr", "de"));
        await using var translator = await LoadAsync("multi30k-en-de");
        var options = sampled ? new SearchOptions { Sampling = new() { Seed = 3 } } : new SearchOptions { BeamSize = beam };
        var random = new Random(beam);
        string[] prefixes = [.. references.Take(count).Select(reference => reference[..random.Next(1, reference.Length + 1)])];

        await Parallel.ForAsync(0, count, async (i, stop) =>
        {
            var found = await translator.TranslateAsync([texts[i]], options with { Prefix = prefixes[i] }, stop);

            Assert.StartsWith(prefixes[i], found[0].Text, StringComparison.Ordinal);
        });
        Assert.Contains(prefixes, prefix => prefix.Length < 5);
        Assert.Contains(prefixes, prefix => prefix.EndsWith(' '));
    }

    [Theory]
    [InlineData("Visit https://example.com/a?b=1 for {name} and %s.")]
    [InlineData("The train leaves at 9:05 from platform 7. Please write to anna.smith@example.org!")]
    [InlineData("  Can you help me?\n\nI lost 3 keys.")]
    [InlineData("42: How are you?")]
    [InlineData("HOW MUCH DOES THIS COST?")]
    public async Task A_translation_may_begin_with_any_beginning_of_itself_and_of_a_sentence_that_changes_it(string text)
    {
        await using var translator = await LoadAsync("everyday-en-de");
        string whole = (await translator.TranslateAsync([text], new SearchOptions(), default))[0].Text;
        string[] prefixes = [.. Enumerable.Range(0, whole.Length + 1).Select(length => whole[..length])];
        int words = text.Length - text.TrimStart().Length;

        string[] wholes = await AnswersAsync(prefixes);
        string[] changed = text.StartsWith("42", StringComparison.Ordinal)
            ? []
            : [.. new[] { "Besuch", "Wenn Sie ", "Ärger ", "„", "Ein 17 h", "Xyzzyq", "..." }.Select(start => whole[..words] + start)];

        Assert.All(wholes.Zip(prefixes), pair => Assert.StartsWith(pair.Second, pair.First, StringComparison.Ordinal));
        Assert.Equal(whole, wholes[0]);
        Assert.All((await AnswersAsync(changed)).Zip(changed), pair => Assert.StartsWith(pair.Second, pair.First, StringComparison.Ordinal));

        async Task<string[]> AnswersAsync(string[] beginnings)
        {
            var answers = new string[beginnings.Length];
            await Parallel.ForAsync(0, beginnings.Length, async (i, stop) =>
                answers[i] = (await translator.TranslateAsync([text], new SearchOptions { Prefix = beginnings[i] }, stop))[0].Text);
            return answers;
        }
    }

    [Fact]
    public async Task Alternatives_and_pieces_begin_so_too()
    {
        await using var translator = await LoadAsync("multi30k-en-de");
        const string Text = "Two men are playing guitars on a street.";
        var options = new SearchOptions { BeamSize = 8, Alternatives = 7, Prefix = "Auf einer Str" };

        foreach (int? maxLength in new int?[] { null, 12, 10, 8, 7, 6 })
        {
            var pieces = new List<string>();
            var found = await translator.TranslateAsync(Text, options with { MaxLength = maxLength }, pieces.Add, default);

            Assert.Equal(found.Text, string.Concat(pieces));
            Assert.All(
                found.Alternatives.Select(other => other.Text).Prepend(found.Text),
                text => Assert.StartsWith("Auf einer Str", text, StringComparison.Ordinal));
        }
    }

    // The model spells this character in bytes, of which hot sampling would put further ones behind it.
    [Fact]
    public async Task A_prefix_may_end_with_a_character_that_is_spelt_in_bytes()
    {
        await using var translator = await LoadAsync("everyday-en-de");
        await Parallel.ForAsync(0, 60, async (seed, stop) =>
        {
            var options = new SearchOptions { Prefix = "Gut 😀", Sampling = new() { Temperature = 5, Seed = (ulong)seed } };

            var found = await translator.TranslateAsync(["I am fine."], options, stop);

            Assert.StartsWith("Gut 😀", found[0].Text, StringComparison.Ordinal);
        });
    }

    [Theory, InlineData(" Wie"), InlineData(" "), InlineData(" Wie gehts "), InlineData("(")]
    public async Task A_prefix_may_begin_with_a_blank_or_a_sign(string prefix)
    {
        await using var translator = await LoadAsync("everyday-en-de");
        foreach (var options in (SearchOptions[])[new() { Prefix = prefix }, new() { Prefix = prefix, Sampling = new() { Seed = 1 }, Attention = true }])
        {
            var found = await translator.TranslateAsync(["How are you?"], options, default);

            Assert.StartsWith(prefix, found[0].Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_copied_twice_may_be_given_twice_and_does_not_come_again()
    {
        await using var translator = await LoadAsync("everyday-en-de");

        var found = await translator.TranslateAsync(
            ["I have 5 apples and 5 pears."], new SearchOptions { Prefix = "Ich habe 5 Äpfel und 5 Birnen" }, default);

        Assert.StartsWith("Ich habe 5 Äpfel und 5 Birnen", found[0].Text, StringComparison.Ordinal);
        Assert.Equal(2, found[0].Text.Count(c => c == '5'));
    }

    [Fact]
    public async Task Words_that_were_given_are_gone_on_with_as_the_model_would()
    {
        await using var translator = await LoadAsync("everyday-en-de");
        const string Text = "Can you help me?";

        string you = await AnswerAsync("Können S");
        string whole = await AnswerAsync("");

        Assert.Equal("Können Sie mir helfen?", you);
        Assert.Equal(whole, await AnswerAsync(whole[..5]));

        async Task<string> AnswerAsync(string prefix) =>
            (await translator.TranslateAsync([Text], new SearchOptions { Prefix = prefix }, default))[0].Text;
    }

    [Theory]
    [InlineData("How are you?", "U\u0308bung", "'U\u0308bung'", "'Übung'")]
    [InlineData("How are you?", "Der Neger", "without", "never writes")]
    [InlineData("  How are you?", "Wie", "'Wie'", "something behind '  '")]
    [InlineData("42 + 17", "43", "'43'", "'42 + 17'")]
    [InlineData("How are you?", "Wie geht es Ihnen heute an diesem schönen Tag", "tokens", "maxLength")]
    public async Task What_cannot_be_a_beginning_is_refused_with_what_can(string text, string prefix, params string[] named)
    {
        await using var translator = await LoadAsync("everyday-en-de");
        var options = new SearchOptions { Prefix = prefix, MaxLength = prefix.Length > 30 ? 8 : null };

        var refused = await Assert.ThrowsAsync<PrefixRefusedException>(() => translator.TranslateAsync([text], options, default));

        Assert.All(named, part => Assert.Contains(part, refused.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_long_beginning_leaves_as_much_room_as_there_is_without_it()
    {
        await using var translator = await LoadAsync("multi30k-en-de");
        string prefix = string.Join(' ', Enumerable.Repeat("Ein Hund läuft durch das Gras und", 12));

        var found = (await translator.TranslateAsync(["A dog."], new SearchOptions { Prefix = prefix }, default))[0];

        Assert.StartsWith(prefix, found.Text, StringComparison.Ordinal);
        Assert.False(found.Truncated);
    }

    private static Task<Translator> LoadAsync(string model) =>
        Translator.LoadAsync(TestData.Model(model), new BatchingOptions());
}
