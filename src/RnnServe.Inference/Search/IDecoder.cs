namespace RnnServe.Inference.Search;

/// <summary>A recurrent decoder over a batch of sentences, each with the same number of rows.</summary>
/// <remarks>
/// Row = sentence x width + beam. The decoder owns memory (per sentence) and recurrent state (per row); the search owns
/// tokens and scores. Sentences may join and leave between any two steps; they keep their order, newcomers come last.
/// Not thread-safe: one search drives one decoder.
/// </remarks>
internal interface IDecoder : IDisposable
{
    /// <summary>Number of target tokens V.</summary>
    int VocabularySize { get; }

    /// <summary>Fewest rows per sentence that the decoder takes.</summary>
    int LeastWidth { get; }

    /// <summary>Encodes sources and appends their sentences to the batch; all rows of a sentence begin with the same state.</summary>
    /// <param name="sources">What each sentence is decoded from.</param>
    /// <param name="width">Rows per sentence, at least <see cref="LeastWidth"/>; the batch's present width unless it is empty.</param>
    void Start(IReadOnlyList<Source> sources, int width);

    /// <summary>Feeds one token to every row.</summary>
    /// <param name="tokens">Last token of each row, shape [R].</param>
    /// <param name="attention">Whether the attention is wanted.</param>
    /// <returns>Views of buffers that the next call of any verb overwrites.</returns>
    DecoderOutput Advance(ReadOnlySpan<int> tokens, bool attention);

    /// <summary>Makes row i continue from what was row <paramref name="parents"/>[i].</summary>
    /// <param name="parents">New row to old row, shape [R']. The rows of a sentence come from one sentence, and sentences keep their
    /// order; those left out are dropped. Empty drops all.</param>
    /// <param name="width">Rows per sentence from now on; R' is a multiple of it.</param>
    void Reorder(ReadOnlySpan<int> parents, int width);
}

/// <summary>What one step gives.</summary>
internal readonly ref struct DecoderOutput
{
    /// <summary>Logits, shape [R, V], row-major.</summary>
    public required ReadOnlySpan<float> Logits { get; init; }

    /// <summary>Attention, shape [R, S], row-major; empty unless it was wanted.</summary>
    public ReadOnlySpan<float> Attention { get; init; }

    /// <summary>S: source positions of the longest sentence, padding included.</summary>
    public int SourceLength { get; init; }
}
