using System.Runtime.InteropServices;

namespace RnnServe.Inference.Images;

/// <summary>A computation of libvips that failed: the image is bad, as the operations are ours.</summary>
internal sealed class VipsException(string message) : Exception(message);

/// <summary>What libvips says about a failure.</summary>
internal static unsafe class VipsError
{
    /// <summary>The first message since the last call, without the name of the function that gave it.</summary>
    /// <remarks>libvips keeps one list for all threads: of two images that fail at the same moment, one may get the other's reason,
    /// or none.</remarks>
    public static string Take()
    {
        byte* text = VipsApi.TakeErrors();
        string all = Marshal.PtrToStringUTF8((nint)text) ?? "";
        VipsApi.Free(text);

        string first = all.Split('\n', 2)[0].Trim();
        int domain = first.IndexOf(": ", StringComparison.Ordinal);
        string message = domain < 0 ? first : first[(domain + 2)..];
        return message.Length > 0 ? message : "the data is damaged or cut short";
    }
}
