using RnnServe.Training.Data;
using RnnServe.Training.Graphs;
using RnnServe.Training.Loop;

namespace RnnServe.Training.Kinds.Translate;

/// <summary>Everything that a recipe's files give: tokenizers, batches, and the validation texts.</summary>
/// <param name="Tokenizers">Loaded or learnt.</param>
/// <param name="Batches">Training and validation pairs as batches.</param>
/// <param name="Validation">Validation pairs as text, for BLEU.</param>
internal sealed record TranslationData(LanguageTokenizers Tokenizers, TranslationBatches Batches, IReadOnlyList<SentencePair> Validation)
{
    /// <summary>Reads and tokenises the recipe's files.</summary>
    /// <param name="recipe">Its paths are absolute.</param>
    /// <param name="folder">Gets the tokenizers, or has them when a training is resumed.</param>
    /// <param name="resume">Whether the tokenizers are those in the folder.</param>
    /// <param name="say">Told how much was read and left out.</param>
    /// <exception cref="InvalidDataException">Files are not aligned or not text.</exception>
    public static TranslationData Load(TranslationRecipe recipe, RunFolder folder, bool resume, Action<string> say)
    {
        var (data, training) = (recipe.Data, recipe.Training);
        var train = ParallelCorpus.Read(data.Train.Source, data.Train.Target);
        var validation = ParallelCorpus.Read([data.Validation.Source], [data.Validation.Target]);
        if (train.Pairs.Count == 0 || validation.Pairs.Count == 0)
            throw new UserException("There are no training pairs or no validation pairs: every line of one side is empty.");

        var tokenizers = resume ? LanguageTokenizers.Load(folder) : LanguageTokenizers.Create(recipe.Tokenizer, train.Pairs, folder);
        var pairs = Encode(train, tokenizers, training.MaxLength, "Training", say);
        var extra = data.Extra is { } files
            ? new ExtraPairs(
                Encode(ParallelCorpus.Read(files.Source, files.Target), tokenizers, training.MaxLength, "Extra", say), files.UntilEpoch)
            : null;
        var held = Encode(validation, tokenizers, int.MaxValue, "Validation", say);
        var batches = new TranslationBatches(pairs, held, extra)
        {
            BatchSentences = training.BatchSentences,
            Seed = (ulong)training.Seed,
            Tokens = tokenizers.SpecialTokens,
        };
        return new TranslationData(tokenizers, batches, validation.Pairs);
    }

    private static TokenPair[] Encode(ParallelCorpus corpus, LanguageTokenizers tokenizers, int maxLength, string what, Action<string> say)
    {
        LostCharacters.Say(tokenizers.Source, corpus.Pairs.Select(p => p.Source), $"{what}, source", say);
        LostCharacters.Say(tokenizers.Target, corpus.Pairs.Select(p => p.Target), $"{what}, target", say);
        TokenPair[] all =
            [.. corpus.Pairs.Select(p => new TokenPair(tokenizers.Source.Encode(p.Source), tokenizers.Target.Encode(p.Target)))];
        TokenPair[] kept = [.. all.Where(p => p.Source.Length <= maxLength && p.Target.Length <= maxLength)];
        say($"{what}: {kept.Length:N0} pairs, {kept.Sum(p => (long)p.Target.Length):N0} target tokens; "
            + $"left out: {corpus.Empty} empty, {all.Length - kept.Length} longer than training.maxLength.");
        return kept.Length > 0
            ? kept
            : throw new UserException($"{what}: every pair is longer than training.maxLength ({maxLength} tokens).");
    }
}
