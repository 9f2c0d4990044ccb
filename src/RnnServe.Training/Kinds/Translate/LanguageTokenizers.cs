using RnnServe.Inference.Text;
using RnnServe.Training.Data;
using RnnServe.Training.Loop;

namespace RnnServe.Training.Kinds.Translate;

/// <summary>The tokenizers of a language pair; one and the same when the vocabulary is joint.</summary>
internal sealed record LanguageTokenizers(Tokenizer Source, Tokenizer Target)
{
    public VocabularySizes VocabularySizes => new(Source.VocabularySize, Target.VocabularySize);

    public bool Joint => ReferenceEquals(Source, Target);

    /// <summary>Loads the tokenizers of the training that the recipe goes on from, or the recipe's own, or learns them from the training
    /// pairs, and keeps them in the run's folder.</summary>
    /// <exception cref="UserException">They do not know as many placeholders as the recipe asks for.</exception>
    public static LanguageTokenizers Create(TranslationRecipe recipe, IReadOnlyList<SentencePair> pairs, RunFolder folder)
    {
        var settings = recipe.Tokenizer;
        var tokenizers = recipe switch
        {
            { Start: { } start } => Load(RunFolder.Validated(start)),
            { Tokenizer.Path: { } path } => Same(Tokenizer.Load(path)),
            { Tokenizer.Joint: true } => Same(Learn(pairs.Select(p => p.Source).Concat(pairs.Select(p => p.Target)), settings)),
            _ => new LanguageTokenizers(Learn(pairs.Select(p => p.Source), settings), Learn(pairs.Select(p => p.Target), settings)),
        };
        if (tokenizers.Placeholders < settings.Placeholders)
        {
            throw new UserException($"tokenizer.placeholders is {settings.Placeholders}; the tokenizer was learnt with "
                + $"{tokenizers.Placeholders}. Lower it, or learn a tokenizer.");
        }

        tokenizers.Save(folder);
        return tokenizers;
    }

    /// <summary>Loads the tokenizers of a run.</summary>
    public static LanguageTokenizers Load(RunFolder folder) => File.Exists(folder.Tokenizer)
        ? Same(Tokenizer.Load(folder.Tokenizer))
        : new LanguageTokenizers(Tokenizer.Load(folder.SourceTokenizer), Tokenizer.Load(folder.TargetTokenizer));

    /// <summary>The ids that frame and fill sequences.</summary>
    /// <exception cref="UserException">The target's tokenizer has no such tokens.</exception>
    public SpecialTokens SpecialTokens => Tokenizers.SpecialTokensOf(Target);

    /// <summary>Number of placeholders that both know.</summary>
    public int Placeholders => Inference.Text.Placeholders.KnownBy(
        Target, Inference.Text.Placeholders.KnownBy(Source, Inference.Text.Placeholders.Most));

    private void Save(RunFolder folder)
    {
        // Of a training that was given up before its first checkpoint there may be others.
        foreach (string file in (string[])[folder.Tokenizer, folder.SourceTokenizer, folder.TargetTokenizer])
            File.Delete(file);
        if (Joint)
        {
            File.WriteAllBytes(folder.Tokenizer, Source.ToJson());
            return;
        }

        File.WriteAllBytes(folder.SourceTokenizer, Source.ToJson());
        File.WriteAllBytes(folder.TargetTokenizer, Target.ToJson());
    }

    private static LanguageTokenizers Same(Tokenizer tokenizer) => new(tokenizer, tokenizer);

    private static Tokenizer Learn(IEnumerable<string> texts, TokenizerSettings settings) =>
        Tokenizers.LearnPairs(texts, settings.VocabularySize, settings.Placeholders);
}
