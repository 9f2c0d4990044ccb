using RnnServe.Inference.Onnx;

namespace RnnServe.Inference.Search;

/// <summary>What the attention reads: memory [B, S, M], keys [B, S, A] and mask [B, S], once per sentence, not per row.</summary>
/// <remarks>
/// S is the longest live sentence's length, rounded up. Sentences keep their order, so leaving and re-striding are
/// moves inside the same tensors: forward ones when S shrinks, backward ones when it grows.
/// </remarks>
internal sealed class SentenceMemory(int memorySize, int keySize) : IDisposable
{
    /// <summary>Value of the mask at padding; exp of it is 0 in any precision.</summary>
    private const float Masked = -1e9f;

    private readonly RowBuffer memory = new(ElementType.Float);
    private readonly RowBuffer keys = new(ElementType.Float);
    private readonly RowBuffer mask = new(ElementType.Float);
    private readonly List<int> lengths = [];

    /// <summary>S.</summary>
    public int SourceLength { get; private set; }

    /// <summary>Memory, shape [B, S, M].</summary>
    public Tensor Memory => memory.Tensor;

    /// <summary>Keys, shape [B, S, A].</summary>
    public Tensor Keys => keys.Tensor;

    /// <summary>Mask, shape [B, S]: 0 or a large negative number.</summary>
    public Tensor Mask => mask.Tensor;

    /// <summary>Source positions for a longest sentence: multiples of 4 keep the number of different shapes small.</summary>
    public static int RoundUp(int length) => (length + 3) / 4 * 4;

    /// <summary>Appends encoded sentences.</summary>
    /// <param name="newLengths">Source tokens of each newcomer.</param>
    /// <param name="newMemory">Shape [at least n, S', M].</param>
    /// <param name="newKeys">Shape [at least n, S', A].</param>
    public void Append(ReadOnlySpan<int> newLengths, Tensor newMemory, Tensor newKeys)
    {
        int present = lengths.Count;
        foreach (int length in newLengths)
            lengths.Add(length);
        int stride = RoundUp(lengths.Max());
        Spread(memory, present, memorySize, stride);
        Spread(keys, present, keySize, stride);
        int newStride = (int)newMemory.Shape[1];
        for (int i = 0; i < newLengths.Length; i++)
        {
            Place(newMemory, i, newStride, Memory, present + i, stride, memorySize);
            Place(newKeys, i, newStride, Keys, present + i, stride, keySize);
        }

        SourceLength = stride;
        FillMask();
    }

    /// <summary>Keeps some of the sentences, in ascending order.</summary>
    /// <param name="kept">Their positions in the batch.</param>
    public void Keep(ReadOnlySpan<int> kept)
    {
        if (kept.Length == lengths.Count)
            return;
        for (int i = 0; i < kept.Length; i++)
            lengths[i] = lengths[kept[i]];
        lengths.RemoveRange(kept.Length, lengths.Count - kept.Length);
        if (lengths.Count == 0)
            return;
        int stride = RoundUp(lengths.Max());
        Pack(memory, kept, memorySize, stride);
        Pack(keys, kept, keySize, stride);
        SourceLength = stride;
        FillMask();
    }

    public void Dispose()
    {
        memory.Dispose();
        keys.Dispose();
        mask.Dispose();
    }

    /// <summary>Makes room for all sentences at a stride; the present ones move from the last to the first, as they move
    /// backward.</summary>
    private void Spread(RowBuffer buffer, int present, int size, int stride)
    {
        if (present == 0)
        {
            buffer.Shape(lengths.Count, stride, size);
            return;
        }

        var data = buffer.Resize(lengths.Count, stride, size).AsSpan<float>();
        for (int i = present - 1; i >= 0; i--)
        {
            int length = lengths[i] * size;
            data.Slice(i * SourceLength * size, length).CopyTo(data.Slice(i * stride * size, length));
            data.Slice((i * stride * size) + length, (stride * size) - length).Clear();
        }
    }

    /// <summary>Closes the gaps of the sentences that left; the others move from the first to the last, as they move forward.</summary>
    private void Pack(RowBuffer buffer, ReadOnlySpan<int> kept, int size, int stride)
    {
        var data = buffer.Tensor.AsSpan<float>();
        for (int i = 0; i < kept.Length; i++)
            data.Slice(kept[i] * SourceLength * size, stride * size).CopyTo(data[(i * stride * size)..]);
        buffer.Resize(kept.Length, stride, size);
    }

    /// <summary>Copies a newcomer's own positions and clears the rest, so that nothing of an earlier sentence remains.</summary>
    private void Place(Tensor from, int index, int fromStride, Tensor to, int sentence, int stride, int size)
    {
        int length = lengths[sentence] * size;
        var target = to.AsSpan<float>().Slice(sentence * stride * size, stride * size);
        from.AsSpan<float>().Slice(index * fromStride * size, length).CopyTo(target);
        target[length..].Clear();
    }

    private void FillMask()
    {
        var data = mask.Shape(lengths.Count, SourceLength).AsSpan<float>();
        for (int i = 0; i < lengths.Count; i++)
        {
            var row = data.Slice(i * SourceLength, SourceLength);
            row[..lengths[i]].Clear();
            row[lengths[i]..].Fill(Masked);
        }
    }
}
