using RnnServe.Inference.Text;

namespace RnnServe.Training.Data;

/// <summary>Learns tokenizers, and asks them what training needs.</summary>
internal static class Tokenizers
{
    /// <summary>The ids that frame and fill sequences of a tokenizer.</summary>
    /// <exception cref="UserException">It has no such tokens.</exception>
    public static SpecialTokens SpecialTokensOf(Tokenizer tokenizer)
    {
        return new(Id("<pad>"), Id("<s>"), Id("</s>"));

        int Id(string token) => tokenizer.IdOf(token)
            ?? throw new UserException($"The tokenizer has no token '{token}', which training needs: add it, or learn a tokenizer.");
    }

    /// <summary>Learns byte pairs.</summary>
    /// <param name="texts">Sentences.</param>
    /// <param name="vocabularySize">Number of tokens in all.</param>
    /// <param name="placeholders">Number of <see cref="Placeholders"/> among them.</param>
    /// <exception cref="UserException">The vocabulary is too small for the texts' characters.</exception>
    public static Tokenizer LearnPairs(IEnumerable<string> texts, int vocabularySize, int placeholders = 0)
    {
        try
        {
            return BpeLearner.Learn(texts, new TokenizerTraining(
                vocabularySize, MinimumCharacterCount: 3, Characters: Placeholders.Characters(placeholders)));
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw new UserException(
                $"tokenizer.vocabularySize is {vocabularySize}, too few for 4 special tokens, 256 bytes and the characters of the data.",
                error);
        }
    }
}
