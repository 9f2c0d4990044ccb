namespace RnnServe.Training.Kinds.Translate;

/// <summary>Training pairs that every epoch sees otherwise, as tokens.</summary>
/// <param name="texts">What an epoch sees.</param>
/// <param name="encoder">Makes tokens of it.</param>
/// <param name="plain">The pairs as they are, in the same order.</param>
internal sealed class AugmentedTokens(AugmentedPairs texts, PairEncoder encoder, TokenPair[] plain)
{
    /// <summary>The pairs of an epoch; one that has become too long is as it was.</summary>
    public TokenPair[] Epoch(int epoch) => encoder.Encode(texts.Epoch(epoch), plain);

    /// <summary>About the lengths of an epoch's pair, known without tokenising it: other words change a length by little, further sentences
    /// by much.</summary>
    public (int Target, int Source) LengthOf(int epoch, int index)
    {
        var (target, source) = (0, 0);
        foreach (int part in texts.PartsOf(epoch, index))
        {
            target += plain[part].Target.Length;
            source += plain[part].Source.Length;
        }

        return (target, source);
    }
}
