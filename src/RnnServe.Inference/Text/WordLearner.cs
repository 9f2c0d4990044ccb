namespace RnnServe.Inference.Text;

/// <summary>Learns a tokenizer whose tokens are whole words, lower-cased and cut at white space.</summary>
/// <remarks>
/// The result depends on nothing but the texts and the count: frequent words come first, words of equal count in ordinal order. Special
/// tokens are those of <see cref="BpeLearner"/>, with the same ids; every word that is not learnt is "&lt;unk&gt;".
/// </remarks>
public static class WordLearner
{
    /// <summary>Learns from short texts.</summary>
    /// <param name="texts">Anything that is not white space is part of a word, punctuation too.</param>
    /// <param name="minimumCount">Words that occur less often are left out; 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is below 1.</exception>
    public static Tokenizer Learn(IEnumerable<string> texts, int minimumCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(minimumCount, 1);
        var counts = TokenizerReader.Read(TokenizerWriter.WriteWords(TokenizerWriter.SpecialTokens)).Pipeline.CountWords(texts);
        var words = counts
            .Where(entry => entry.Value >= minimumCount && !TokenizerWriter.SpecialTokens.Contains(entry.Key))
            .OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => entry.Key);
        return Tokenizer.Parse(TokenizerWriter.WriteWords([.. TokenizerWriter.SpecialTokens, .. words]));
    }
}
