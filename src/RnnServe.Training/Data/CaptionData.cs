using RnnServe.Inference.Text;
using RnnServe.Training.Backbones;
using RnnServe.Training.Metrics;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Data;

/// <summary>Everything that a captioning recipe's files give. Owns the features.</summary>
/// <param name="Tokenizer">Loaded or learnt.</param>
/// <param name="Features">Of the photos, training first, then validation.</param>
/// <param name="Batches">Training and validation captions as batches.</param>
/// <param name="Validation">Validation photos with their captions, for scores.</param>
internal sealed record CaptionData(
    Tokenizer Tokenizer, PhotoFeatures Features, CaptionBatches Batches, IReadOnlyList<CaptionedPhoto> Validation) : IDisposable
{
    /// <summary>Photos to learn from: the first validation photo's index in the features.</summary>
    public int TrainingPhotos { get; private init; }

    /// <summary>Reads captions, learns or loads the tokenizer, and computes features that are not there yet.</summary>
    /// <param name="recipe">Its paths are absolute.</param>
    /// <param name="backbone">The recipe's CNN.</param>
    /// <param name="folder">Gets the tokenizer, or has it when a training is resumed; features are kept beside it.</param>
    /// <param name="resume">Whether the tokenizer is the one in the folder.</param>
    /// <param name="progress">Told how much was read and left out.</param>
    /// <exception cref="InvalidDataException">A file is not as it should be.</exception>
    public static CaptionData Load(CaptionRecipe recipe, Backbone backbone, RunFolder folder, bool resume, ProgressReport progress)
    {
        var corpus = CaptionCorpus.Read(recipe.Data);
        var tokenizer = resume ? Tokenizer.Load(folder.Tokenizer) : CreateTokenizer(recipe.Tokenizer, corpus.Train);
        if (!resume)
            File.WriteAllBytes(folder.Tokenizer, tokenizer.ToJson());

        var train = Encode(corpus.Train, 0, tokenizer, recipe.Training.MaxLength, "Training", progress);
        var validation = Encode(corpus.Validation, corpus.Train.Count, tokenizer, int.MaxValue, "Validation", progress);
        string[] photos = [.. corpus.Train.Concat(corpus.Validation).Select(p => p.Path)];
        var features = PhotoFeatures.Open(backbone, recipe.Backbone, photos, folder.Features, recipe.Training.Threads, progress);
        var batches = new CaptionBatches(features, train, validation)
        {
            BatchSentences = recipe.Training.BatchSentences,
            Mirror = recipe.Data.Mirror,
            Seed = (ulong)recipe.Training.Seed,
            Tokens = Tokenizers.SpecialTokensOf(tokenizer),
        };
        return new CaptionData(tokenizer, features, batches, corpus.Validation) { TrainingPhotos = corpus.Train.Count };
    }

    public void Dispose() => Features.Dispose();

    private static Tokenizer CreateTokenizer(CaptionTokenizerSettings settings, IReadOnlyList<CaptionedPhoto> photos)
    {
        var captions = photos.SelectMany(p => p.Captions).Select(CaptionText.Normalise);
        return settings switch
        {
            { Path: { } path } => Tokenizer.Load(path),
            { Kind: CaptionTokens.Words } => WordLearner.Learn(captions, settings.MinimumCount),
            _ => Tokenizers.LearnPairs(captions, settings.VocabularySize),
        };
    }

    private static PhotoCaption[] Encode(
        IReadOnlyList<CaptionedPhoto> photos, int firstPhoto, Tokenizer tokenizer, int maxLength, string what, ProgressReport progress)
    {
        PhotoCaption[] all = [.. photos.SelectMany((photo, i) => photo.Captions.Select(
            caption => new PhotoCaption(firstPhoto + i, tokenizer.Encode(CaptionText.Normalise(caption)))))];
        PhotoCaption[] kept = [.. all.Where(c => c.Tokens.Length > 0 && c.Tokens.Length <= maxLength)];
        progress.Say($"{what}: {photos.Count:N0} photos, {kept.Length:N0} captions, {kept.Sum(c => (long)c.Tokens.Length):N0} tokens of "
            + $"{tokenizer.VocabularySize:N0}; left out: {all.Length - kept.Length} longer than training.maxLength.");
        return kept.Length > 0
            ? kept
            : throw new UserException($"{what}: every caption is longer than training.maxLength ({maxLength} tokens).");
    }
}
