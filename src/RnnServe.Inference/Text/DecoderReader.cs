namespace RnnServe.Inference.Text;

/// <summary>Reads the part "decoder" of tokenizer.json.</summary>
internal static class DecoderReader
{
    public static Func<List<string>, List<string>> Read(JsonPart part)
    {
        switch (part["type"].Text())
        {
            case "ByteFallback":
                part.AllowFields("type");
                return TokenDecoders.ByteFallback;
            case "ByteLevel":
                part.AllowFields("type", "add_prefix_space", "trim_offsets", "use_regex");
                return tokens => [ByteLevel.Decode(tokens)];
            case "Fuse":
                part.AllowFields("type");
                return tokens => [string.Concat(tokens)];
            case "Replace":
                var replace = NormalizerReader.Replacement(part);
                return tokens => tokens.ConvertAll(token => replace(token));
            case "Strip":
                part.AllowFields("type", "content", "start", "stop");
                var (content, start, stop) = (part["content"].Character(), part["start"].Number(), part["stop"].Number());
                return tokens => tokens.ConvertAll(token => TokenDecoders.Strip(token, content, start, stop));
            case "Metaspace":
                var (replacement, scheme) = PreTokenizerReader.MetaspaceFields(part);
                return tokens => TokenDecoders.Metaspace(tokens, replacement, scheme != PrependScheme.Never);
            case "WordPiece":
                part.AllowFields("type", "prefix", "cleanup");
                var (prefix, clean) = (part["prefix"].TextOr("##"), part["cleanup"].FlagOr(true));
                return tokens => TokenDecoders.WordPiece(tokens, prefix, clean);
            case "BPEDecoder":
                part.AllowFields("type", "suffix");
                var suffix = part["suffix"].TextOr("</w>");
                return tokens => TokenDecoders.WordEnds(tokens, suffix);
            default:
                throw part["type"].Fault(
                    part["type"].Found(), "null, Sequence, ByteFallback, ByteLevel, Fuse, Replace, Strip, Metaspace, WordPiece, BPEDecoder");
        }
    }
}
