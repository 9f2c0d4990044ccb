using RnnServe.Inference.Bundles;
using RnnServe.Inference.Search;

namespace RnnServe.Training.Decoding;

/// <summary>The decoder of a bundle and its search, in words.</summary>
internal static class DecoderSummary
{
    public static IReadOnlyList<string> Describe(ModelManifest bundle)
    {
        var manifest = (SearchManifest)bundle;
        var decoder = manifest.Decoder;
        string states = string.Join(", ", decoder.States.Select(s => $"{s.Name} {s.Size}"));
        return
        [
            $"  decoder    {decoder.VocabularySize} tokens, attention {(decoder.Attention ? "yes" : "no")}, state {states}",
            Invariant($"  decoding   beam {manifest.Decoding.BeamSize}, length penalty {manifest.Decoding.LengthPenalty}"),
        ];
    }
}
