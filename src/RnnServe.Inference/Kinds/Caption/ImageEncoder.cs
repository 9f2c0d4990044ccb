using RnnServe.Inference.Images;
using RnnServe.Inference.Onnx;
using RnnServe.Inference.Search;

namespace RnnServe.Inference.Kinds.Caption;

/// <summary>Runs the encoder graph over images, one at a time.</summary>
/// <remarks>
/// Convolutions gain nothing from a batch on a CPU, and so an image's features cannot depend on its batch mates. Images that were
/// encoded before only have their features copied.
/// </remarks>
/// <param name="session">The encoder graph, already checked against the manifest.</param>
/// <param name="manifest">Names and sizes of the states, memory and keys.</param>
/// <param name="image">What the graph expects of an image.</param>
internal sealed class ImageEncoder(Session session, DecoderManifest manifest, ImageManifest image) : IEncoder
{
    private readonly Binding binding = new(session);
    private readonly float[] mean = [.. image.Mean];
    private readonly float[] std = [.. image.Std];
    private readonly RowBuffer planes = new(ElementType.Float);
    private readonly EncoderOutputs one = new(session, manifest);

    public EncoderOutputs Outputs { get; } = new(session, manifest);

    public void Run(IReadOnlyList<Source> sources)
    {
        Outputs.Shape(sources.Count, image.Cells);
        for (int i = 0; i < sources.Count; i++)
        {
            var source = (ImageSource)sources[i];
            var features = source.Features ?? Encode(source.Pixels);
            if (source.Features is null)
                source.Encoded?.Invoke(features);
            for (int output = 0; output < Outputs.Tensors.Length; output++)
            {
                float[] block = features.Outputs[output];
                block.CopyTo(Outputs.Tensors[output]!.AsSpan<float>().Slice(i * block.Length, block.Length));
            }
        }
    }

    /// <summary>Runs the graph over one image.</summary>
    /// <param name="pixels">RGB, 8 bits, [size, size, 3].</param>
    public ImageFeatures Encode(ReadOnlySpan<byte> pixels)
    {
        var filled = planes.Shape(1, 3, image.Size, image.Size).AsSpan<float>();
        ImagePreprocessing.Normalise(pixels, image.Size * image.Size, mean, std, filled);
        one.Shape(1, image.Cells);
        binding.Run([planes.Tensor], one.Tensors);
        return new ImageFeatures([.. one.Tensors.Select(tensor => tensor!.AsSpan<float>().ToArray())]);
    }

    public void Dispose()
    {
        binding.Dispose();
        planes.Dispose();
        one.Dispose();
        Outputs.Dispose();
    }
}
