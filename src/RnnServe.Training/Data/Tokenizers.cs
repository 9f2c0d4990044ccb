using RnnServe.Inference.Text;
using RnnServe.Training.Models;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Data;

/// <summary>The tokenizers of a language pair; one and the same when the vocabulary is joint.</summary>
internal sealed record Tokenizers(Tokenizer Source, Tokenizer Target)
{
    public VocabularySizes VocabularySizes => new(Source.VocabularySize, Target.VocabularySize);

    public bool Joint => ReferenceEquals(Source, Target);

    /// <summary>Loads the recipe's tokenizer, or learns one from the training pairs, and keeps it in the run's folder.</summary>
    public static Tokenizers Create(TokenizerSettings settings, IReadOnlyList<SentencePair> pairs, RunFolder folder)
    {
        var tokenizers = settings switch
        {
            { Path: { } path } => Same(Tokenizer.Load(path)),
            { Joint: true } => Same(Learn(pairs.Select(p => p.Source).Concat(pairs.Select(p => p.Target)), settings)),
            _ => new Tokenizers(Learn(pairs.Select(p => p.Source), settings), Learn(pairs.Select(p => p.Target), settings)),
        };
        tokenizers.Save(folder);
        return tokenizers;
    }

    /// <summary>Loads the tokenizers of a run.</summary>
    public static Tokenizers Load(RunFolder folder) => File.Exists(folder.Tokenizer)
        ? Same(Tokenizer.Load(folder.Tokenizer))
        : new Tokenizers(Tokenizer.Load(folder.SourceTokenizer), Tokenizer.Load(folder.TargetTokenizer));

    /// <summary>The ids that frame and fill sequences.</summary>
    /// <exception cref="UserException">The target's tokenizer has no such tokens.</exception>
    public SpecialTokens SpecialTokens => SpecialTokensOf(Target);

    /// <summary>The ids that frame and fill sequences of a tokenizer.</summary>
    /// <exception cref="UserException">It has no such tokens.</exception>
    public static SpecialTokens SpecialTokensOf(Tokenizer tokenizer)
    {
        return new(Id("<pad>"), Id("<s>"), Id("</s>"));

        int Id(string token) => tokenizer.IdOf(token)
            ?? throw new UserException($"The tokenizer has no token '{token}', which training needs: add it, or learn a tokenizer.");
    }

    private void Save(RunFolder folder)
    {
        if (Joint)
        {
            File.WriteAllBytes(folder.Tokenizer, Source.ToJson());
            return;
        }

        File.WriteAllBytes(folder.SourceTokenizer, Source.ToJson());
        File.WriteAllBytes(folder.TargetTokenizer, Target.ToJson());
    }

    private static Tokenizers Same(Tokenizer tokenizer) => new(tokenizer, tokenizer);

    private static Tokenizer Learn(IEnumerable<string> texts, TokenizerSettings settings) => LearnPairs(texts, settings.VocabularySize);

    /// <summary>Learns byte pairs.</summary>
    /// <exception cref="UserException">The vocabulary is too small for the texts' characters.</exception>
    public static Tokenizer LearnPairs(IEnumerable<string> texts, int vocabularySize)
    {
        try
        {
            return BpeLearner.Learn(texts, new TokenizerTraining(vocabularySize, MinimumCharacterCount: 3));
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw new UserException(
                $"tokenizer.vocabularySize is {vocabularySize}, too few for 4 special tokens, 256 bytes and the characters of the data.",
                error);
        }
    }
}
