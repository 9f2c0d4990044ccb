using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using RnnServe.Inference.Onnx;

namespace RnnServe.Training.Loop;

/// <summary>A named array in a checkpoint.</summary>
internal readonly record struct CheckpointArray(string Name, Tensor Values);

/// <summary>What a checkpoint says about itself. It holds no clock time, so that equal trainings give equal files.</summary>
/// <param name="Recipe">Hash of the recipe.</param>
/// <param name="State">Where the training stands.</param>
/// <param name="Arrays">Names and lengths, in the order of the data.</param>
internal sealed record CheckpointHeader(string Recipe, TrainingState State, IReadOnlyList<CheckpointEntry> Arrays);

/// <summary>Name and number of floats of one array.</summary>
internal sealed record CheckpointEntry(string Name, long Length);

/// <summary>One checkpoint file: 8 bytes of magic, the header's length (int32), the header (JSON), the arrays (float32, little endian), and
/// the SHA-256 of all that. It appears by rename, complete or not at all.</summary>
internal static class CheckpointFile
{
    private const int HashLength = 32;
    private const int MaxHeaderLength = 16 << 20;

    private static ReadOnlySpan<byte> Magic => "RNNSCKP1"u8;

    /// <summary>Writes the file next to its place, forces it to the disk and renames it.</summary>
    public static void Write(string path, string recipe, TrainingState state, IReadOnlyList<CheckpointArray> arrays)
    {
        string temporary = path + ".tmp";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            byte[] header = JsonSerializer.SerializeToUtf8Bytes(
                new CheckpointHeader(recipe, state, [.. arrays.Select(a => new CheckpointEntry(a.Name, a.Values.Length))]));
            Span<byte> length = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(length, header.Length);
            Append(file, hash, Magic);
            Append(file, hash, length);
            Append(file, hash, header);
            foreach (var array in arrays)
                Append(file, hash, MemoryMarshal.AsBytes(array.Values.AsSpan<float>()));
            file.Write(hash.GetHashAndReset());
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Checks the whole file and reads its header.</summary>
    /// <exception cref="InvalidDataException">The file is cut short, altered or no checkpoint.</exception>
    public static CheckpointHeader ReadHeader(string path)
    {
        using var file = OpenChecked(path);
        return ReadHeader(file, path);
    }

    /// <summary>Checks the whole file, then copies its values into arrays of the same names and lengths; others are left alone.</summary>
    /// <exception cref="InvalidDataException">The file is cut short or altered, or lacks one of the arrays. Nothing was copied.</exception>
    public static CheckpointHeader Read(string path, IReadOnlyList<CheckpointArray> arrays)
    {
        using var file = OpenChecked(path);
        var header = ReadHeader(file, path);
        var stored = header.Arrays.ToDictionary(a => a.Name, a => a.Length, StringComparer.Ordinal);
        foreach (var (name, values) in arrays)
        {
            if (!stored.TryGetValue(name, out long length))
                throw new InvalidDataException($"Checkpoint '{path}' has no array '{name}'.");
            if (length != values.Length)
                throw new InvalidDataException($"Checkpoint '{path}': array '{name}' has {length} values; the model has {values.Length}.");
        }

        var wanted = arrays.ToDictionary(a => a.Name, a => a.Values, StringComparer.Ordinal);
        foreach (var entry in header.Arrays)
        {
            if (wanted.TryGetValue(entry.Name, out var values))
                file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan<float>()));
            else
                file.Seek(entry.Length * sizeof(float), SeekOrigin.Current);
        }

        return header;
    }

    private static FileStream OpenChecked(string path)
    {
        var file = File.OpenRead(path);
        try
        {
            CheckHash(file, path);
            file.Position = 0;
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static void CheckHash(FileStream file, string path)
    {
        long remaining = file.Length - HashLength;
        if (remaining < Magic.Length + sizeof(int))
            throw new InvalidDataException($"Checkpoint '{path}' is cut short: it has {file.Length} bytes.");

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 20];
        while (remaining > 0)
        {
            int count = (int)Math.Min(remaining, buffer.Length);
            file.ReadExactly(buffer, 0, count);
            hash.AppendData(buffer, 0, count);
            remaining -= count;
        }

        file.ReadExactly(buffer, 0, HashLength);
        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(buffer.AsSpan(0, HashLength)))
            throw new InvalidDataException($"Checkpoint '{path}' is damaged: its content does not match its SHA-256.");
    }

    private static CheckpointHeader ReadHeader(FileStream file, string path)
    {
        Span<byte> start = stackalloc byte[Magic.Length + sizeof(int)];
        file.ReadExactly(start);
        int length = BinaryPrimitives.ReadInt32LittleEndian(start[Magic.Length..]);
        if (!start.StartsWith(Magic) || length is < 0 or > MaxHeaderLength)
            throw new InvalidDataException($"'{path}' is not a checkpoint.");

        byte[] header = new byte[length];
        file.ReadExactly(header);
        return JsonSerializer.Deserialize<CheckpointHeader>(header) ?? throw new InvalidDataException($"'{path}' has an empty header.");
    }

    private static void Append(FileStream file, IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        file.Write(bytes);
        hash.AppendData(bytes);
    }
}
