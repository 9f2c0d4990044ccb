namespace RnnServe.Inference.Bundles;

/// <summary>A field of a message in the format of protocol buffers, where it lies.</summary>
internal readonly ref struct WireField
{
    private WireField(int number, ReadOnlySpan<byte> content)
    {
        Number = number;
        Content = content;
    }

    public int Number { get; }

    /// <summary>What is between this field and the next; empty for numbers, which are not looked at.</summary>
    public ReadOnlySpan<byte> Content { get; }

    /// <summary>Takes the first field off a message.</summary>
    /// <exception cref="InvalidDataException">The message is damaged.</exception>
    public static WireField Read(scoped ref ReadOnlySpan<byte> message)
    {
        try
        {
            ulong tag = Varint(ref message);
            switch (tag & 7)
            {
                case 0:
                    Varint(ref message);
                    return new((int)(tag >> 3), []);
                case 1:
                    message = message[sizeof(ulong)..];
                    return new((int)(tag >> 3), []);
                case 5:
                    message = message[sizeof(uint)..];
                    return new((int)(tag >> 3), []);
                case 2:
                    int length = checked((int)Varint(ref message));
                    var content = message[..length];
                    message = message[length..];
                    return new((int)(tag >> 3), content);
                default:
                    throw new InvalidDataException($"Wire type {tag & 7} is none of 0, 1, 2 and 5.");
            }
        }
        catch (Exception error) when (error is ArgumentOutOfRangeException or IndexOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException("A field is longer than its message.", error);
        }
    }

    public void Deconstruct(out int number, out ReadOnlySpan<byte> content)
    {
        number = Number;
        content = Content;
    }

    private static ulong Varint(scoped ref ReadOnlySpan<byte> message)
    {
        ulong value = 0;
        for (int i = 0; ; i++)
        {
            value |= (ulong)(message[i] & 0x7F) << (7 * i);
            if (message[i] < 0x80)
            {
                message = message[(i + 1)..];
                return value;
            }
        }
    }
}
