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
        Parallel.For(0, result.Length, i => result[i] = Augment(Joined(epoch, i), new SeededRandom(ofEpoch, (ulong)i)));
        return result;
    }

    /// <summary>The plain pairs that an epoch's pair consists of: mostly itself alone.</summary>
    public IReadOnlyList<int> PartsOf(int epoch, int index)
    {
        var random = new SeededRandom(SeededRandom.SeedOf(~seed, (ulong)epoch), (ulong)index);
        if (!random.Chance(settings.Joined))
            return [index];
        var parts = new int[2 + random.Next(2)];
        parts[0] = index;
        for (int i = 1; i < parts.Length; i++)
            parts[i] = random.Next(pairs.Count);
        return parts;
    }

    private SentencePair Joined(int epoch, int index)
    {
        var parts = PartsOf(epoch, index);
        return parts.Count == 1
            ? pairs[index]
            : new(string.Join(' ', parts.Select(i => pairs[i].Source)), string.Join(' ', parts.Select(i => pairs[i].Target)));
    }

    private SentencePair Augment(SentencePair pair, SeededRandom random)
    {
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

    private static string WithoutFinalMark(string text)
    {
        string shorter = text.TrimEnd('.', '!', '?');
        return shorter.Length > 0 ? shorter : text;
    }

    private static string LowerCase(string text, bool keepFirst) => keepFirst
        ? string.Concat(text.AsSpan(0, 1), text[1..].ToLowerInvariant())
        : text.ToLowerInvariant();
}
