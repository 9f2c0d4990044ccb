namespace RnnServe.Inference.Text;

/// <summary>Reads the part "decoder" of tokenizer.json.</summary>
internal static class DecoderReader
{
    private static readonly Dictionary<string, string[]> Fields = new()
    {
        ["ByteFallback"] = [],
        ["ByteLevel"] = PreTokenizerReader.ByteLevelFields,
        ["Fuse"] = [],
        ["Replace"] = ["pattern", "content"],
        ["Strip"] = ["content", "start", "stop"],
        ["Metaspace"] = PreTokenizerReader.MetaspaceFields,
        ["WordPiece"] = ["prefix", "cleanup"],
        ["BPEDecoder"] = ["suffix"],
    };

    public static Func<List<string>, List<string>> Read(JsonPart part) => part.StepType(Fields) switch
    {
        "ByteFallback" => TokenDecoders.ByteFallback,
        "ByteLevel" => tokens => [ByteLevel.Decode(tokens)],
        "Fuse" => tokens => [string.Concat(tokens)],
        "Replace" => Each(NormalizerReader.Replacement(part)),
        "Strip" => TokenDecoders.Strip(part["content"].Character(), part["start"].Number(), part["stop"].Number()),
        "Metaspace" => Metaspace(part),
        "WordPiece" => TokenDecoders.WordPiece(part["prefix"].TextOr("##"), part["cleanup"].FlagOr(true)),
        _ => TokenDecoders.WordEnds(part["suffix"].TextOr("</w>")),
    };

    private static Func<List<string>, List<string>> Each(Func<string, string> replace) =>
        tokens => tokens.ConvertAll(token => replace(token));

    private static Func<List<string>, List<string>> Metaspace(JsonPart part)
    {
        var (replacement, scheme) = PreTokenizerReader.ReadMetaspace(part);
        return TokenDecoders.Metaspace(replacement, scheme != PrependScheme.Never);
    }
}
