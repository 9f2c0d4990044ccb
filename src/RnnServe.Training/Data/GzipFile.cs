using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace RnnServe.Training.Data;

/// <summary>Reads gzip files whole or not at all. .NET's GZipStream takes the end of a file for the end of its contents.</summary>
/// <remarks>Source: RFC 1952, "GZIP file format specification version 4.3".</remarks>
internal static class GzipFile
{
    private const ushort Magic = 0x8B1F;
    private const byte Deflate = 8;
    private const int TimeAndSystem = 6, Trailer = 8, ShortestData = 2;

    [Flags]
    private enum Has : byte
    {
        HeaderChecksum = 2,
        Extra = 4,
        Name = 8,
        Comment = 16,
        Unknown = 0xE0,
    }

    /// <summary>The contents of all members, one after the other. Zeros may fill up what is left of the file.</summary>
    /// <exception cref="InvalidDataException">A member ends early, its checksum does not fit, or something else is in the file.</exception>
    public static MemoryStream Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        var contents = new MemoryStream();
        int at = 0;
        do
        {
            at = ReadMember(file, at, contents);
            int padding = file.AsSpan(at).IndexOfAnyExcept((byte)0);
            at = padding < 0 ? file.Length : at + padding;
        }
        while (at < file.Length);

        contents.Position = 0;
        return contents;
    }

    /// <returns>Where the member ends.</returns>
    private static int ReadMember(byte[] file, int at, MemoryStream contents)
    {
        if (file.Length - at >= sizeof(ushort) && BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at)) != Magic)
            throw new InvalidDataException($"what begins at byte {at} is not gzip.");

        int before = (int)contents.Length;
        try
        {
            int start = ReadHeader(file, at);
            int end = Inflate(file, start, contents);
            var read = contents.GetBuffer().AsSpan(before, (int)contents.Length - before);
            Span<byte> trailer = stackalloc byte[Trailer];
            Crc32.Hash(read, trailer);
            BinaryPrimitives.WriteInt32LittleEndian(trailer[4..], read.Length);

            // The data may end earlier, but within the last step: the next member's trailer is farther away.
            int first = Math.Max(start + ShortestData, end - InSteps.Longest + 1);
            int found = first > file.Length ? -1 : file.AsSpan(first..Math.Min(end + Trailer, file.Length)).IndexOf(trailer);
            return found >= 0 ? first + found + Trailer : throw new InvalidDataException();
        }
        catch (Exception error) when (error is EndOfStreamException or InvalidDataException)
        {
            throw new InvalidDataException($"the gzip member at byte {at} ends early, or its checksum does not fit.", error);
        }
    }

    /// <returns>How much of the file was looked at.</returns>
    private static int Inflate(byte[] file, int start, MemoryStream contents)
    {
        var steps = new InSteps(file) { Position = start };
        using var member = new DeflateStream(steps, CompressionMode.Decompress, leaveOpen: true);
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = member.Read(buffer)) > 0;)
            contents.Write(buffer, 0, read);
        return (int)steps.Position;
    }

    /// <returns>Where the header ends.</returns>
    private static int ReadHeader(byte[] file, int at)
    {
        using var reader = new BinaryReader(new MemoryStream(file), Encoding.Latin1);
        reader.BaseStream.Position = at + sizeof(ushort);
        byte method = reader.ReadByte();
        var has = (Has)reader.ReadByte();
        Skip(reader, TimeAndSystem);
        if (has.HasFlag(Has.Extra))
            Skip(reader, reader.ReadUInt16());
        foreach (var _ in new[] { Has.Name, Has.Comment }.Where(text => has.HasFlag(text)))
            SkipText(reader);
        int end = (int)reader.BaseStream.Position;
        if (method != Deflate || (has & Has.Unknown) != 0
            || (has.HasFlag(Has.HeaderChecksum) && reader.ReadUInt16() != (ushort)Crc32.HashToUInt32(file.AsSpan(at..end))))
            throw new InvalidDataException();
        return (int)reader.BaseStream.Position;
    }

    private static void Skip(BinaryReader reader, int bytes)
    {
        for (int i = 0; i < bytes; i++)
            reader.ReadByte();
    }

    private static void SkipText(BinaryReader reader)
    {
        while (reader.ReadByte() != 0)
        {
        }
    }

    /// <summary>Gives little at a time, so that a reader that stops has not read far beyond what it needed.</summary>
    private sealed class InSteps(byte[] file) : MemoryStream(file)
    {
        public const int Longest = 16;

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, Longest));
    }
}
