namespace RnnServe.Inference.Text;

/// <summary>How a tokenizer is learnt.</summary>
/// <param name="VocabularySize">Tokens in all: 4 special, 256 bytes, characters, merges. Fewer if the text gives no more.</param>
/// <param name="MinimumCharacterCount">Characters that occur less often are spelt in bytes.</param>
/// <param name="MaximumCharacters">Only this many characters, the most frequent, become tokens.</param>
/// <param name="MinimumPairCount">Pairs that occur less often are not merged.</param>
/// <param name="Characters">Characters that become tokens even if the texts do not have them.</param>
public sealed record TokenizerTraining(
    int VocabularySize,
    int MinimumCharacterCount = 1,
    int MaximumCharacters = 1000,
    int MinimumPairCount = 2,
    string Characters = "");
