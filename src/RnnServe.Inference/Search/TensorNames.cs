namespace RnnServe.Inference.Search;

/// <summary>Names of the graphs' tensors. B sentences, N = B x K rows, S source positions.</summary>
internal static class TensorNames
{
    /// <summary>Encoder input, int64 [B, S].</summary>
    public const string Source = "source";

    /// <summary>Encoder input, float [B, S]: 1 at tokens, 0 at padding.</summary>
    public const string SourceMask = "source_mask";

    /// <summary>Encoder input, float [B, 3, Y, X]: an image's colours, normalised; S is then its grid's cells.</summary>
    public const string Image = "image";

    /// <summary>Encoder output and decoder input, float [B, S, M].</summary>
    public const string Memory = "memory";

    /// <summary>Encoder output and decoder input, float [B, S, A].</summary>
    public const string Keys = "keys";

    /// <summary>Decoder input, float [B, S]: 0 at tokens, -1e9 at padding.</summary>
    public const string Mask = "mask";

    /// <summary>Decoder input, int64 [N].</summary>
    public const string Token = "token";

    /// <summary>Decoder output, float [N, V].</summary>
    public const string Logits = "logits";

    /// <summary>Decoder output, float [N, S].</summary>
    public const string Attention = "attention";

    /// <summary>Encoder output, float [B, H]: a state before the first step.</summary>
    public static string First(string state) => state + "_0";

    /// <summary>Decoder output, float [N, H]: a state after the step.</summary>
    public static string Next(string state) => state + "_next";
}
