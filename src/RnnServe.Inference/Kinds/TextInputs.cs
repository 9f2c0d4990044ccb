using RnnServe.Inference.Bundles;
using RnnServe.Inference.Onnx;
using RnnServe.Inference.Search;

namespace RnnServe.Inference.Kinds;

/// <summary>The inputs of a graph that reads texts: their tokens, and which of them are real.</summary>
/// <remarks>
/// A lone text is there twice: for a batch of one ONNX Runtime picks other kernels, whose sums differ in the last bit, and an answer
/// must not depend on who else is in the batch. Graphs of 8-bit products are no exception: the products are exact, but a mean over all
/// positions is not, and once in hundreds of texts a rounding to 8 bits turns its last bit into a step of 1/127.
/// </remarks>
/// <param name="session">The graph, already checked against <see cref="Contract"/>.</param>
/// <param name="padId">The token that fills the shorter texts.</param>
internal sealed class TextInputs(Session session, int padId) : IDisposable
{
    /// <summary>Texts of a run from which on each gets the same outputs, bit for bit, whatever their number.</summary>
    private const int LeastTexts = 2;

    private readonly RowBuffer source = new(ElementType.Int64);
    private readonly RowBuffer sourceMask = new(ElementType.Float);
    private readonly Tensor[] tensors = new Tensor[session.Inputs.Count];

    /// <summary>The tensors that such a graph has.</summary>
    public static ExpectedTensor[] Contract { get; } =
    [
        TensorContract.Long(TensorNames.Source, TensorContract.Any, TensorContract.Any),
        TensorContract.Float(TensorNames.SourceMask, TensorContract.Any, TensorContract.Any),
    ];

    /// <summary>The tensors in the graph's order.</summary>
    public ReadOnlySpan<Tensor> Tensors => tensors;

    /// <summary>Fills the tensors.</summary>
    /// <param name="texts">The tokens of each text.</param>
    /// <returns>Rows and positions of the tensors.</returns>
    public (int Count, int Stride) Fill(int[][] texts)
    {
        // Rounded up as in the decoder: with any number of positions, ONNX Runtime's sums differ in the last bit.
        int stride = SentenceMemory.RoundUp(texts.Max(text => text.Length));
        int count = Math.Max(texts.Length, LeastTexts);
        var ids = source.Shape(count, stride).AsSpan<long>();
        var real = sourceMask.Shape(count, stride).AsSpan<float>();
        for (int i = 0; i < count; i++)
        {
            int[] text = texts[Math.Min(i, texts.Length - 1)];
            for (int s = 0; s < stride; s++)
            {
                bool inside = s < text.Length;
                ids[(i * stride) + s] = inside ? text[s] : padId;
                real[(i * stride) + s] = inside ? 1f : 0f;
            }
        }

        for (int i = 0; i < tensors.Length; i++)
            tensors[i] = session.Inputs[i].Name == TensorNames.Source ? source.Tensor : sourceMask.Tensor;
        return (count, stride);
    }

    public void Dispose()
    {
        source.Dispose();
        sourceMask.Dispose();
    }
}
