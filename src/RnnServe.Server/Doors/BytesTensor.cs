using System.Buffers.Binary;
using System.Text;
using RnnServe.Server.Http;

namespace RnnServe.Server.Doors;

/// <summary>A tensor of the Open Inference Protocol whose elements are strings or files.</summary>
/// <param name="Shape">Sizes; their product is the number of elements.</param>
/// <param name="Elements">The elements, row by row.</param>
internal sealed record BytesTensor(IReadOnlyList<long> Shape, List<ReadOnlyMemory<byte>> Elements)
{
    /// <summary>Its data type.</summary>
    public const string Datatype = "BYTES";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Checks what a request says of its tensors; the elements follow.</summary>
    /// <param name="inputs">Name and data type of each.</param>
    /// <param name="outputs">Names of the tensors that are asked for; none: all.</param>
    /// <param name="kind">What the model takes and gives.</param>
    /// <exception cref="ApiException">400.</exception>
    public static void CheckNames(IReadOnlyList<(string? Name, string? Datatype)> inputs, IEnumerable<string?> outputs, TensorKind kind)
    {
        if (inputs is not [var (name, datatype)] || name != kind.Input)
        {
            string found = string.Join(", ", inputs.Take(3).Select(input => Refusals.Quote(input.Name)));
            string which = $"the {inputs.Count} tensors {found}";
            throw ApiException.ForField("inputs", Refusals.Wording("inputs", which, $"one tensor named '{kind.Input}'"));
        }

        if (datatype != Datatype)
            throw ApiException.ForField("datatype", Refusals.Wording("datatype", Refusals.Quote(datatype), $"'{Datatype}'"));
        if (outputs.FirstOrDefault(output => output != kind.Output, kind.Output) is var other && other != kind.Output)
            throw ApiException.ForField("outputs", Refusals.Wording("outputs", Refusals.Quote(other), $"'{kind.Output}'"));
    }

    /// <exception cref="ApiException">400: the shape is of another number of elements.</exception>
    public BytesTensor Checked()
    {
        Int128 count = 1;
        foreach (long size in Shape)
            count = size is >= 0 and <= int.MaxValue && count <= int.MaxValue ? count * size : -1;
        return count == Elements.Count && Shape.Count > 0
            ? this
            : throw ApiException.ForField("shape", $"shape is [{Shown(Shape)}], but there are {Elements.Count} elements.");
    }

    /// <summary>Elements that come one after the other, each after its length in 4 bytes, the lowest first.</summary>
    /// <param name="raw">All of them.</param>
    /// <param name="most">How many there may be.</param>
    /// <exception cref="ApiException">400: a length reaches over the end, or there are more.</exception>
    public static List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> raw, int most)
    {
        var elements = new List<ReadOnlyMemory<byte>>();
        while (raw.Length > 0)
        {
            uint length = raw.Length < sizeof(uint) ? uint.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(raw.Span);
            if (length > raw.Length - sizeof(uint))
                throw ApiException.ForField("inputs", $"The binary data ends inside element {elements.Count}.");
            CheckCount(elements.Count + 1, most);
            elements.Add(raw.Slice(sizeof(uint), (int)length));
            raw = raw[(sizeof(uint) + (int)length)..];
        }

        return elements;
    }

    /// <summary>Empty elements cost nothing to send: their number is bounded before there is a list of them.</summary>
    /// <exception cref="ApiException">400: there are more than there may be.</exception>
    public static void CheckCount(int elements, int most)
    {
        if (elements > most)
            throw ApiException.ForField("inputs", $"The tensor has more than {most} elements.");
    }

    /// <summary>The reverse of <see cref="Split"/>.</summary>
    public static byte[] Join(IReadOnlyList<string> elements)
    {
        byte[] joined = new byte[elements.Sum(element => sizeof(uint) + Encoding.UTF8.GetByteCount(element))];
        var rest = joined.AsSpan();
        foreach (string element in elements)
        {
            int length = Encoding.UTF8.GetBytes(element, rest[sizeof(uint)..]);
            BinaryPrimitives.WriteUInt32LittleEndian(rest, (uint)length);
            rest = rest[(sizeof(uint) + length)..];
        }

        return joined;
    }

    /// <summary>An element as text.</summary>
    /// <exception cref="ApiException">400: it is not UTF-8.</exception>
    public static string Text(ReadOnlySpan<byte> element, string place)
    {
        try
        {
            return Strict.GetString(element);
        }
        catch (DecoderFallbackException)
        {
            throw ApiException.ForField("text", $"{place} is not valid UTF-8.");
        }
    }

    private static string Shown(IEnumerable<long> shape) =>
        string.Join(", ", shape.Take(8).Select(size => size.ToString(CultureInfo.InvariantCulture)));
}
