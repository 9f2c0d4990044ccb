using RnnServe.Training.Data;
using RnnServe.Training.Kinds.Translate;

namespace RnnServe.Tests.Data;

public sealed class AugmentedPairsTests
{
    private static readonly SentencePair[] Pairs =
    [
        new("Was Anna in Boston?", "War Anna in Boston?"),
        new("Was it cold?", "Was sagte Anna?"),
        new("I saw Anna in Boston.", "Ich habe Anna in Boston gesehen."),
        new("It took 25 days, until 3 May.", "Es dauerte 25 Tage, bis zum dritten Mai."),
        new("Please come in!", "Bitte komm herein!"),
    ];

    [Fact]
    public void An_epoch_depends_on_seed_and_number_alone_and_differs_from_the_next()
    {
        var settings = new AugmentationSettings { LowerCase = 0.5, NoFinalMark = 0.5, Joined = 0.5, Placeholders = 0.5, MadeUpNames = 0.5 };
        Assert.Equal(Epoch(settings, 1), Epoch(settings, 1));
        Assert.NotEqual(Epoch(settings, 1), Epoch(settings, 2));
        Assert.NotEqual(Epoch(settings, 1), Epoch(settings, 1, seed: 2));
    }

    [Fact]
    public void Without_shares_and_placeholders_the_pairs_are_as_they_were() => Assert.Equal(Pairs, Epoch(new(), 1, placeholders: 0));

    [Fact]
    public void Case_and_final_mark_are_lost_on_the_source_alone()
    {
        var settings = new AugmentationSettings { LowerCase = 1, NoFinalMark = 1 };
        var seen = Enumerable.Range(1, 20).Select(epoch => Epoch(settings, epoch, placeholders: 0)[2]).ToHashSet();
        Assert.Equal(["I saw anna in boston", "i saw anna in boston"], seen.Select(pair => pair.Source).Order(StringComparer.Ordinal));
        Assert.All(seen, pair => Assert.Equal(Pairs[2].Target, pair.Target));
    }

    [Fact]
    public void Names_become_placeholders_on_both_sides_and_words_that_only_begin_sentences_do_not()
    {
        var found = Epoch(new() { Placeholders = 1 }, 1);
        Assert.Equal(new("Was \uE000 in \uE001?", "War \uE000 in \uE001?"), found[0]);
        Assert.Equal(new("I saw \uE000 in \uE001.", "Ich habe \uE000 in \uE001 gesehen."), found[2]);
        Assert.Contains("Was it cold", found[1].Source, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_of_both_sides_are_always_placeholders_and_others_never()
    {
        var pair = Epoch(new(), 1)[3];
        Assert.Equal("It took \uE000 days, until 3 May.", pair.Source);
        Assert.Equal("Es dauerte \uE000 Tage, bis zum dritten Mai.", pair.Target);
    }

    [Fact]
    public void Added_placeholders_are_on_both_sides_alike()
    {
        var seen = Enumerable.Range(1, 60).Select(epoch => Epoch(new() { Placeholders = 1 }, epoch)[4]).ToHashSet();
        Assert.Equal(8, seen.Count);
        Assert.All(seen, pair => Assert.Equal(Marks(pair.Source), Marks(pair.Target)));
        Assert.All(seen, pair => Assert.NotEmpty(Marks(pair.Source)));

        static string Marks(string text) => string.Concat(text.Where(c => c is >= '\uE000' and < '\uE008'));
    }

    [Fact]
    public void A_made_up_name_stands_where_the_name_stood_on_both_sides()
    {
        var names = new HashSet<string>();
        for (int epoch = 1; epoch <= 50; epoch++)
        {
            string[] words = Epoch(new() { MadeUpNames = 1 }, epoch, placeholders: 0)[2].Source.Split(' ', '.');
            string[] target = Epoch(new() { MadeUpNames = 1 }, epoch, placeholders: 0)[2].Target.Split(' ', '.');
            Assert.Equal((words[2], words[4]), (target[2], target[4]));
            names.UnionWith([words[2], words[4]]);
        }

        Assert.True(names.Count > 40, string.Join(' ', names));
        Assert.All(names, name => Assert.True(char.IsUpper(name[0])));
    }

    [Fact]
    public void Joined_pairs_keep_their_order_on_both_sides()
    {
        foreach (var pair in Epoch(new() { Joined = 1 }, 1, placeholders: 0))
        {
            int[] source = Places(pair.Source, p => p.Source), target = Places(pair.Target, p => p.Target);
            Assert.Equal(source, target);
            Assert.InRange(source.Length, 2, 3);
        }

        static int[] Places(string text, Func<SentencePair, string> side)
        {
            var found = new List<int>();
            while (text.Length > 0)
            {
                int index = Array.FindIndex(Pairs, pair => text.StartsWith(side(pair), StringComparison.Ordinal));
                found.Add(index);
                text = text[side(Pairs[index]).Length..].TrimStart();
            }

            return [.. found];
        }
    }

    private static SentencePair[] Epoch(AugmentationSettings settings, int epoch, int placeholders = 8, ulong seed = 1) =>
        new AugmentedPairs(Pairs, settings, placeholders, seed).Epoch(epoch);
}
