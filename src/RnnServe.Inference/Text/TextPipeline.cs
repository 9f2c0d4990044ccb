namespace RnnServe.Inference.Text;

/// <summary>What happens to a text before the model cuts its words into tokens, and to tokens to become text again.</summary>
/// <param name="Normalizers">Applied to the text, in this order.</param>
/// <param name="PreTokenizers">Cut the text into words, in this order.</param>
/// <param name="Decoders">Applied to the tokens, in this order; null joins the tokens with spaces.</param>
internal sealed record TextPipeline(
    IReadOnlyList<Func<string, string>> Normalizers,
    IReadOnlyList<IPreTokenizer> PreTokenizers,
    IReadOnlyList<ITokenDecoder>? Decoders)
{
    public List<ReadOnlyMemory<char>> SplitWords(string text)
    {
        if (text.Length == 0)
            return [];

        foreach (var normalize in Normalizers)
            text = normalize(text);

        List<ReadOnlyMemory<char>> words = [text.AsMemory()];
        foreach (var preTokenizer in PreTokenizers)
            words = preTokenizer.Split(words);
        return words;
    }

    public string Join(List<string> tokens)
    {
        if (Decoders is null)
            return string.Join(' ', tokens);

        foreach (var decoder in Decoders)
            tokens = decoder.Decode(tokens);
        return string.Concat(tokens);
    }
}
