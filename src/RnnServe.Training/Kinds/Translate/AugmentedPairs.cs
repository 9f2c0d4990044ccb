using RnnServe.Training.Data;

namespace RnnServe.Training.Kinds.Translate;

/// <summary>Training pairs that every epoch sees otherwise: a pure function of seed, epoch and pair.</summary>
/// <param name="pairs">As they are.</param>
/// <param name="settings">What is changed, and how often.</param>
/// <param name="placeholders">Number of placeholders that the tokenizers know.</param>
/// <param name="seed">The training's.</param>
internal sealed class AugmentedPairs(IReadOnlyList<SentencePair> pairs, AugmentationSettings settings, int placeholders, ulong seed)
{
    private readonly CopiedText copied = new(placeholders, pairs);

    /// <summary>The pairs of an epoch, in the order of the plain ones.</summary>
    public SentencePair[] Epoch(int epoch)
    {
        ulong ofEpoch = SeededRandom.SeedOf(seed, (ulong)epoch);
        var result = new SentencePair[pairs.Count];
        Parallel.For(0, result.Length, i => result[i] = Augment(i, new SeededRandom(ofEpoch, (ulong)i)));
        return result;
    }

    private SentencePair Augment(int index, SeededRandom random)
    {
        var pair = pairs[index];
        if (random.Chance(settings.Joined))
            pair = Joined(pair, ref random);
        if (random.Chance(settings.MadeUpNames))
            pair = copied.WithMadeUpName(pair, ref random);
        pair = copied.WithPlaceholders(pair, settings.Placeholders, ref random);
        string source = pair.Source;
        if (random.Chance(settings.NoFinalMark))
            source = WithoutFinalMark(source);
        if (random.Chance(settings.LowerCase))
            source = LowerCase(source, keepFirst: random.Chance(0.5));
        return pair with { Source = source };
    }

    private SentencePair Joined(SentencePair pair, ref SeededRandom random)
    {
        int more = 1 + random.Next(2);
        for (int i = 0; i < more; i++)
        {
            var next = pairs[random.Next(pairs.Count)];
            pair = new($"{pair.Source} {next.Source}", $"{pair.Target} {next.Target}");
        }

        return pair;
    }

    private static string WithoutFinalMark(string text)
    {
        string shorter = text.TrimEnd('.', '!', '?');
        return shorter.Length > 0 ? shorter : text;
    }

    private static string LowerCase(string text, bool keepFirst) => keepFirst
        ? string.Concat(text.AsSpan(0, 1), text[1..].ToLowerInvariant())
        : text.ToLowerInvariant();
}
