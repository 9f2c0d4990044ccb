using RnnServe.Inference.Text;
using RnnServe.Training.Data;
using RnnServe.Training.Graphs;
using RnnServe.Training.Kinds.Caption.Metrics;
using RnnServe.Training.Loop;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>One caption as token ids, without start and end tokens, and the index of its photo.</summary>
internal readonly record struct PhotoCaption(int Photo, int[] Tokens);

/// <summary>A captioning recipe's photos and captions, tokenised.</summary>
/// <param name="Corpus">The photos with their captions as written.</param>
/// <param name="Tokenizer">Loaded or learnt.</param>
/// <param name="Train">Captions to learn from; photos are counted from 0 in the list's order.</param>
/// <param name="Validation">Captions of the other list; its photos are counted on from the last one of the training.</param>
internal sealed record CaptionTexts(
    CaptionCorpus Corpus, Tokenizer Tokenizer, IReadOnlyList<PhotoCaption> Train, IReadOnlyList<PhotoCaption> Validation)
{
    /// <summary>Reads captions and learns or loads the tokenizer.</summary>
    /// <param name="recipe">Its paths are absolute.</param>
    /// <param name="folder">Gets the tokenizer, or has it when a training is resumed.</param>
    /// <param name="resume">Whether the tokenizer is the one in the folder.</param>
    /// <param name="say">Told how much was read and left out.</param>
    /// <exception cref="InvalidDataException">A file is not as it should be.</exception>
    public static CaptionTexts Load(CaptionRecipe recipe, RunFolder folder, bool resume, Action<string> say)
    {
        var corpus = CaptionCorpus.Read(recipe.Data);
        var tokenizer = resume ? Tokenizer.Load(folder.Tokenizer) : CreateTokenizer(recipe, corpus.Train);
        if (!resume)
            File.WriteAllBytes(folder.Tokenizer, tokenizer.ToJson());

        var train = Encode(corpus.Train, 0, tokenizer, recipe.Training.MaxLength, "Training", say);
        var validation = Encode(corpus.Validation, corpus.Train.Count, tokenizer, int.MaxValue, "Validation", say);
        return new(corpus, tokenizer, train, validation);
    }

    /// <summary>The ids that frame and fill sequences.</summary>
    public SpecialTokens SpecialTokens => Tokenizers.SpecialTokensOf(Tokenizer);

    // Weights that go on from another training's keep its tokens.
    private static Tokenizer CreateTokenizer(CaptionRecipe recipe, IReadOnlyList<CaptionedPhoto> photos)
    {
        var captions = photos.SelectMany(p => p.Captions).Select(CaptionText.Normalise);
        return recipe switch
        {
            { Start: { } start } => Tokenizer.Load(RunFolder.Validated(start).Tokenizer),
            { Tokenizer.Path: { } path } => Tokenizer.Load(path),
            { Tokenizer.Kind: CaptionTokens.Words } => WordLearner.Learn(captions, recipe.Tokenizer.MinimumCount),
            _ => Tokenizers.LearnPairs(captions, recipe.Tokenizer.VocabularySize),
        };
    }

    private static PhotoCaption[] Encode(
        IReadOnlyList<CaptionedPhoto> photos, int firstPhoto, Tokenizer tokenizer, int maxLength, string what, Action<string> say)
    {
        LostCharacters.Say(tokenizer, photos.SelectMany(photo => photo.Captions).Select(CaptionText.Normalise), what, say);
        PhotoCaption[] all = [.. photos
            .SelectMany((photo, i) => photo.Captions.Select(
                caption => new PhotoCaption(firstPhoto + i, tokenizer.Encode(CaptionText.Normalise(caption)))))
            .Where(caption => caption.Tokens.Length > 0)];
        PhotoCaption[] kept = [.. all.Where(c => c.Tokens.Length <= maxLength)];
        say($"{what}: {photos.Count:N0} photos, {kept.Length:N0} captions, {kept.Sum(c => (long)c.Tokens.Length):N0} tokens of "
            + $"{tokenizer.VocabularySize:N0}; left out: {all.Length - kept.Length} longer than training.maxLength.");
        return kept.Length > 0
            ? kept
            : throw new UserException($"{what}: every caption is empty or longer than training.maxLength ({maxLength} tokens).");
    }
}
