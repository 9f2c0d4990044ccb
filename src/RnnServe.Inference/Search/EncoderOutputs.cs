using RnnServe.Inference.Onnx;

namespace RnnServe.Inference.Search;

/// <summary>The tensors that an encoder graph fills, by name, over memory that is kept between runs.</summary>
/// <param name="session">The encoder graph, already checked against the manifest.</param>
/// <param name="manifest">Names and sizes of the states, memory and keys.</param>
internal sealed class EncoderOutputs(Session session, DecoderManifest manifest) : IDisposable
{
    private readonly string[] names = [.. session.Outputs.Select(output => output.Name)];
    private readonly RowBuffer[] buffers = [.. session.Outputs.Select(_ => new RowBuffer(ElementType.Float))];

    /// <summary>The tensors in the graph's order, as <see cref="Session"/> takes them.</summary>
    public Tensor?[] Tensors { get; } = new Tensor?[session.Outputs.Count];

    /// <summary>The tensor of one output, by its name in <see cref="TensorNames"/>.</summary>
    public Tensor this[string name] => Tensors[Array.IndexOf(names, name)]!;

    /// <summary>Gives the tensors the shapes of a run: memory [n, S, M], keys [n, S, A], states [n, H].</summary>
    /// <param name="count">n.</param>
    /// <param name="positions">S.</param>
    public void Shape(int count, int positions)
    {
        for (int i = 0; i < names.Length; i++)
        {
            Tensors[i] = names[i] switch
            {
                TensorNames.Memory => buffers[i].Shape(count, positions, manifest.MemorySize),
                TensorNames.Keys => buffers[i].Shape(count, positions, manifest.KeySize),
                var name => buffers[i].Shape(count, manifest.States.First(s => TensorNames.First(s.Name) == name).Size),
            };
        }
    }

    public void Dispose()
    {
        foreach (var buffer in buffers)
            buffer.Dispose();
    }
}
