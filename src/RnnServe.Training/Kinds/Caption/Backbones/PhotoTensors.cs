using NetVips;
using RnnServe.Inference.Images;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Data;
using RnnServe.Training.Graphs;

namespace RnnServe.Training.Kinds.Caption.Backbones;

/// <summary>Photos from files to the numbers that a CNN expects.</summary>
internal static class PhotoTensors
{
    /// <summary>Photos as they are, float [N, 3, size, size]; the caller's.</summary>
    /// <exception cref="InvalidDataException">One cannot be decoded.</exception>
    public static Tensor Read(IReadOnlyList<string> paths, BackboneSettings settings) => Read(paths, settings, views: 1);

    /// <summary>Each photo as it is, then mirrored, float [2 N, 3, size, size]; the caller's.</summary>
    /// <exception cref="InvalidDataException">One cannot be decoded.</exception>
    public static Tensor ReadWithMirrored(IReadOnlyList<string> paths, BackboneSettings settings) => Read(paths, settings, views: 2);

    private static Tensor Read(IReadOnlyList<string> paths, BackboneSettings settings, int views)
    {
        int side = settings.Size, values = 3 * side * side;
        float[] mean = [.. settings.Mean.Select(m => (float)m)], std = [.. settings.Std.Select(s => (float)s)];
        var tensor = Tensor.Allocate(ElementType.Float, (long)paths.Count * views, 3, side, side);
        try
        {
            Parallel.For(0, paths.Count, i =>
            {
                byte[] rgb = PhotoReader.Decode(paths[i], settings.Size, settings.Fit);
                for (int view = 0; view < views; view++)
                {
                    var planes = tensor.AsSpan<float>().Slice(((i * views) + view) * values, values);
                    ImagePreprocessing.Normalise(view == 0 ? rgb : Mirror(rgb, side), side * side, mean, std, planes);
                }
            });
            return tensor;
        }
        catch (AggregateException error)
        {
            tensor.Dispose();
            throw error.InnerException!;
        }
    }

    /// <summary>Left and right of [side, side, 3] bytes exchanged.</summary>
    private static byte[] Mirror(byte[] rgb, int side)
    {
        using var image = Image.NewFromMemoryCopy<byte>(rgb, side, side, bands: 3, Enums.BandFormat.Uchar);
        using var mirrored = image.FlipHor();
        return mirrored.WriteToMemory<byte>();
    }
}
