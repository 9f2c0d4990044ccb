using RnnServe.Inference.Onnx;

namespace RnnServe.Training.Data;

/// <summary>The ids that frame and fill sequences.</summary>
internal sealed record SpecialTokens(int Pad = 0, int Start = 2, int End = 3);

/// <summary>Sentences as padded tensors.</summary>
internal static class TargetTensors
{
    /// <summary>Builds target_in, target_out (int64) and target_mask (float), [B, T] each.</summary>
    /// <param name="sentences">Token ids without start and end tokens.</param>
    /// <param name="tokens">The ids that frame and fill.</param>
    public static Dictionary<string, Tensor> Create(IReadOnlyList<int[]> sentences, SpecialTokens tokens) => new(StringComparer.Ordinal)
    {
        ["target_in"] = Ids([.. sentences.Select(s => (int[])[tokens.Start, .. s])], tokens.Pad),
        ["target_out"] = Ids([.. sentences.Select(s => (int[])[.. s, tokens.End])], tokens.Pad),
        ["target_mask"] = Mask([.. sentences.Select(s => s.Length + 1)]),
    };

    /// <summary>Rows of ids, int64 [B, longest].</summary>
    public static Tensor Ids(IReadOnlyList<int[]> rows, int pad)
    {
        int width = rows.Max(row => row.Length);
        var tensor = Tensor.Allocate(ElementType.Int64, rows.Count, width);
        var cells = tensor.AsSpan<long>();
        cells.Fill(pad);
        for (int row = 0; row < rows.Count; row++)
        {
            for (int i = 0; i < rows[row].Length; i++)
                cells[(row * width) + i] = rows[row][i];
        }

        return tensor;
    }

    /// <summary>1 for each token of a row, then 0, float [B, longest].</summary>
    public static Tensor Mask(IReadOnlyList<int> lengths)
    {
        int width = lengths.Max();
        var tensor = Tensor.Allocate(ElementType.Float, lengths.Count, width);
        tensor.AsSpan<float>().Clear();
        for (int row = 0; row < lengths.Count; row++)
            tensor.AsSpan<float>().Slice(row * width, lengths[row]).Fill(1);
        return tensor;
    }
}
