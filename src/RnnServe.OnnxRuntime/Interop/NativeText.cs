using System.Runtime.InteropServices;
using System.Text;

namespace RnnServe.OnnxRuntime.Interop;

/// <summary>Text as ONNX Runtime's C API takes and gives it.</summary>
internal static unsafe class NativeText
{
    /// <summary>Copies a NUL-terminated UTF-8 text; empty for null.</summary>
    internal static string Read(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    /// <summary>A path, NUL-terminated, in the encoding that the platform's C API expects: UTF-16 on Windows, else UTF-8.</summary>
    internal static byte[] Path(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("A path cannot contain the character NUL.", nameof(path));
        return (OperatingSystem.IsWindows() ? Encoding.Unicode : Encoding.UTF8).GetBytes(path + '\0');
    }

    /// <summary>Copies texts into one block of native memory: pointers first, then the bytes. Free it with NativeMemory.Free.</summary>
    internal static byte** Block(IReadOnlyList<string> texts)
    {
        int bytes = texts.Count * sizeof(byte*) + texts.Sum(text => Encoding.UTF8.GetByteCount(text) + 1);
        var block = (byte**)NativeMemory.AllocZeroed((nuint)bytes);
        var free = (byte*)(block + texts.Count);
        var end = (byte*)block + bytes;
        for (int i = 0; i < texts.Count; i++)
        {
            block[i] = free;
            free += Encoding.UTF8.GetBytes(texts[i], new Span<byte>(free, (int)(end - free))) + 1;
        }

        return block;
    }
}
