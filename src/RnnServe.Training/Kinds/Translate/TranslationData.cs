using RnnServe.Training.Data;
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

        var tokenizers = resume ? LanguageTokenizers.Load(folder) : LanguageTokenizers.Create(recipe, train.Pairs, folder);
        var encoder = new PairEncoder(tokenizers, training.MaxLength, say);
        var (texts, pairs) = encoder.Encode(train, "Training");
        var augmented = recipe.Augmentation is { } augmentation
            ? new AugmentedTokens(new(texts, augmentation, recipe.Tokenizer.Placeholders, (ulong)training.Seed), encoder, pairs)
            : null;
        var extra = data.Extra is { } files
            ? new ExtraPairs(encoder.Encode(ParallelCorpus.Read(files.Source, files.Target), "Extra").Tokens, files.UntilEpoch)
            : null;
        var held = new PairEncoder(tokenizers, int.MaxValue, say).Encode(validation, "Validation").Tokens;
        var batches = new TranslationBatches(pairs, held, extra)
        {
            BatchSentences = training.BatchSentences,
            BatchTokens = training.BatchTokens,
            Seed = (ulong)training.Seed,
            Tokens = tokenizers.SpecialTokens,
            Augmented = augmented,
        };
        return new TranslationData(tokenizers, batches, validation.Pairs);
    }
}
