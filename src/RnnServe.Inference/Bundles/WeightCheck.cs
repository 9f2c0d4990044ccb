using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Google.Protobuf;
using RnnServe.Inference.Onnx;

namespace RnnServe.Inference.Bundles;

/// <summary>Finds weights that are no finite numbers: recurrent operators of ONNX Runtime turn NaN into ordinary numbers, so that answers
/// look like answers.</summary>
internal static class WeightCheck
{
    private static readonly MessageParser<TensorOutline> Parser = TensorOutline.Parser.WithDiscardUnknownFields(true);

    /// <summary>Checks the weights of a graph that <see cref="GraphFile"/> has checked.</summary>
    /// <param name="bundle">The bundle.</param>
    /// <param name="path">Path of the graph inside it.</param>
    /// <returns>Whether some of them are in other files.</returns>
    /// <exception cref="ModelBundleException">One has NaN, or infinite numbers beside others.</exception>
    public static bool Check(ModelBundle bundle, string path)
    {
        string file = Path.Combine(bundle.Folder, path);
        using var graph = new FileInMemory(file);
        return Walk(PackageFiles.WeightsOf(Path.GetDirectoryName(file)!, bundle.Manifest.Files), path, graph.Bytes, GraphPart.Model);
    }

    /// <summary>Checks a tensor. An infinite number that stands alone is no weight but fills a mask.</summary>
    /// <param name="path">The graph's file.</param>
    /// <param name="tensor">One of its tensors.</param>
    /// <param name="data">Its raw bytes; empty where its numbers are in fields of their own.</param>
    /// <exception cref="ModelBundleException">It has NaN, or infinite numbers beside others.</exception>
    public static void Check(string path, TensorOutline tensor, ReadOnlySpan<byte> data)
    {
        bool finite = (ElementType)tensor.DataType switch
        {
            ElementType.Float => IsFinite<uint>(data, 0x7F80_0000) && tensor.FloatData.All(float.IsFinite),
            ElementType.Double => IsFinite<ulong>(data, 0x7FF0_0000_0000_0000) && tensor.DoubleData.All(double.IsFinite),
            ElementType.Float16 =>
                IsFinite<ushort>(data, 0x7C00) && tensor.Int32Data.All(bits => Half.IsFinite(BitConverter.UInt16BitsToHalf((ushort)bits))),
            ElementType.BFloat16 => IsFinite<ushort>(data, 0x7F80) && tensor.Int32Data.All(bits => (bits & 0x7F80) != 0x7F80),
            _ => true,
        };
        if (!finite && !IsInfinity(tensor, data))
        {
            string shape = string.Join(" x ", tensor.Dims.Select(d => d.ToString(CultureInfo.InvariantCulture)));
            throw new ModelBundleException(path, $"weights '{tensor.Name}' ({shape})", "a number that is not finite", "finite numbers");
        }
    }

    /// <summary>Visits every tensor of a message.</summary>
    private static bool Walk(string folder, string path, ReadOnlySpan<byte> message, GraphPart whole)
    {
        bool outside = false;
        while (!message.IsEmpty)
        {
            var (field, content) = WireField.Read(ref message);
            outside |= GraphParts.In(whole, field) switch
            {
                GraphPart.Tensor => CheckTensor(folder, path, content),
                null or GraphPart.Other => false,
                { } part => Walk(folder, path, content, part),
            };
        }

        return outside;
    }

    private static bool CheckTensor(string folder, string path, ReadOnlySpan<byte> message)
    {
        const int RawData = 9;
        var tensor = Parser.ParseFrom(message);
        bool outside = tensor.DataLocation == GraphFile.External;
        var raw = outside ? ReadExternal(folder, tensor) : [];
        while (!message.IsEmpty)
        {
            var (field, content) = WireField.Read(ref message);
            if (field == RawData)
                raw = content;
        }

        Check(path, tensor, raw);
        return outside;
    }

    private static ReadOnlySpan<byte> ReadExternal(string folder, TensorOutline tensor)
    {
        using var stream = File.OpenRead(Path.Combine(folder, Entry("location")!));
        long offset = Number("offset") ?? 0;
        long length = Number("length") ?? stream.Length - offset;

        // Where the file is too short, ONNX Runtime says so.
        if (offset < 0 || length < 0 || offset + length > stream.Length)
            return [];
        stream.Position = offset;
        byte[] data = new byte[length];
        stream.ReadExactly(data);
        return data;

        string? Entry(string key) => tensor.ExternalData.FirstOrDefault(entry => entry.Key == key)?.Value;

        long? Number(string key) =>
            long.TryParse(Entry(key), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : null;
    }

    /// <summary>Whether no number has all bits of its exponent set, as infinities and NaN do.</summary>
    private static bool IsFinite<T>(ReadOnlySpan<byte> data, T exponent) where T : unmanaged, IBinaryInteger<T>
    {
        var numbers = MemoryMarshal.Cast<byte, T>(data);
        var mask = new Vector<T>(exponent);
        while (numbers.Length >= Vector<T>.Count)
        {
            if (Vector.EqualsAny(new Vector<T>(numbers) & mask, mask))
                return false;
            numbers = numbers[Vector<T>.Count..];
        }

        foreach (T number in numbers)
        {
            if ((number & exponent) == exponent)
                return false;
        }

        return true;
    }

    private static bool IsInfinity(TensorOutline tensor, ReadOnlySpan<byte> data) =>
        tensor.Dims.All(d => d == 1) && (ElementType)tensor.DataType switch
        {
            ElementType.Float when data.Length == 4 => float.IsInfinity(MemoryMarshal.Read<float>(data)),
            ElementType.Float16 when data.Length == 2 => Half.IsInfinity(MemoryMarshal.Read<Half>(data)),
            ElementType.Double when data.Length == 8 => double.IsInfinity(MemoryMarshal.Read<double>(data)),
            ElementType.Float when tensor.FloatData.Count == 1 => float.IsInfinity(tensor.FloatData[0]),
            ElementType.Double when tensor.DoubleData.Count == 1 => double.IsInfinity(tensor.DoubleData[0]),
            _ => false,
        };
}
