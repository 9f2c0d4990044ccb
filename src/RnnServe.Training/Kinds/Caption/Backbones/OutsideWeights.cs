using System.Globalization;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Onnx;

namespace RnnServe.Training.Kinds.Caption.Backbones;

/// <summary>Weights that stay in a package's file: a graph has their places in it.</summary>
/// <param name="file">The file.</param>
/// <param name="content">What is in it.</param>
internal sealed class OutsideWeights(FileManifest file, byte[] content)
{
    private readonly Dictionary<string, (int Offset, int Length)> positions = WeightPositions.Of(content);

    /// <summary>The file.</summary>
    public FileManifest File => file;

    /// <summary>A weight without its numbers.</summary>
    /// <exception cref="UserException">They are not in one piece as a graph's memory has them.</exception>
    public TensorProto Of(TensorProto weight)
    {
        var (offset, length) = positions.GetValueOrDefault(weight.Name);
        if (weight.DataType != (int)ElementType.Float || length != sizeof(float) * weight.Dims.Aggregate(1L, (product, d) => product * d))
            throw new UserException($"its weight '{weight.Name}' is not one piece of 32-bit floats.");
        return new()
        {
            Name = weight.Name,
            DataType = weight.DataType,
            Dims = { weight.Dims },
            DataLocation = TensorProto.Types.DataLocation.External,
            ExternalData = { Entry("location", file.Path), Entry("offset", Number(offset)), Entry("length", Number(length)) },
        };
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static StringStringEntryProto Entry(string key, string value) => new() { Key = key, Value = value };
}
