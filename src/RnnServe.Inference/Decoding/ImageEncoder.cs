using RnnServe.Inference.Images;
using RnnServe.Inference.Models;
using RnnServe.Inference.Onnx;

namespace RnnServe.Inference.Decoding;

/// <summary>Runs the encoder graph over images, one at a time.</summary>
/// <remarks>
/// Convolutions gain nothing from a batch on a CPU, and so an image's features cannot depend on its batch mates. Images that were
/// encoded before only have their features copied.
/// </remarks>
internal sealed class ImageEncoder : IEncoder
{
    private readonly Binding binding;
    private readonly int size;
    private readonly int cells;
    private readonly float[] mean;
    private readonly float[] std;
    private readonly RowBuffer planes = new(ElementType.Float);
    private readonly EncoderOutputs one;
    private readonly EncoderOutputs outputs;

    /// <param name="session">The encoder graph, already checked against the manifest.</param>
    /// <param name="manifest">Names and sizes of the states, memory and keys.</param>
    /// <param name="image">What the graph expects of an image.</param>
    public ImageEncoder(Session session, DecoderManifest manifest, ImageManifest image)
    {
        binding = new Binding(session);
        size = image.Size;
        cells = image.Cells;
        mean = [.. image.Mean];
        std = [.. image.Std];
        one = new EncoderOutputs(session, manifest);
        outputs = new EncoderOutputs(session, manifest);
    }

    /// <inheritdoc/>
    public Tensor Memory => outputs[TensorNames.Memory];

    /// <inheritdoc/>
    public Tensor Keys => outputs[TensorNames.Keys];

    /// <inheritdoc/>
    public Tensor State(StateManifest state) => outputs[TensorNames.First(state.Name)];

    /// <inheritdoc/>
    public void Run(IReadOnlyList<Source> sources)
    {
        outputs.Shape(sources.Count, cells);
        for (int i = 0; i < sources.Count; i++)
        {
            var image = (ImageSource)sources[i];
            if (image.Features is null)
                image.SetFeatures(Encode(image.Pixels!));
            for (int output = 0; output < outputs.Tensors.Length; output++)
            {
                float[] block = image.Features!.Outputs[output];
                block.CopyTo(outputs.Tensors[output]!.AsSpan<float>().Slice(i * block.Length, block.Length));
            }
        }
    }

    /// <summary>Runs the graph over one image.</summary>
    /// <param name="pixels">RGB, 8 bits, [size, size, 3].</param>
    public ImageFeatures Encode(ReadOnlySpan<byte> pixels)
    {
        ImagePreprocessing.Normalise(pixels, size * size, mean, std, planes.Shape(1, 3, size, size).AsSpan<float>());
        one.Shape(1, cells);
        binding.Run([planes.Tensor], one.Tensors);
        return new ImageFeatures([.. one.Tensors.Select(tensor => tensor!.AsSpan<float>().ToArray())]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        binding.Dispose();
        planes.Dispose();
        one.Dispose();
        outputs.Dispose();
    }
}
