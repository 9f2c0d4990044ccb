using System.Runtime.InteropServices;

namespace RnnServe.Inference.Images;

/// <summary>A computation of libvips that failed: the image is bad, as the operations are ours.</summary>
/// <param name="messages">What <see cref="VipsError.Take"/> gave.</param>
internal sealed class VipsException(string messages) : Exception(messages)
{
    /// <summary>Why an image of a type failed, without the name of the function that says so.</summary>
    /// <remarks>
    /// libvips keeps one list of messages for all threads: of two images that fail at the same moment, one may find the other's. Of those
    /// that may be its own, by the type in the function's name, the last is taken.
    /// </remarks>
    public string Reason(ImageType type)
    {
        foreach (string line in Message.Split('\n', StringSplitOptions.TrimEntries).Reverse())
        {
            int domain = line.IndexOf(": ", StringComparison.Ordinal);
            if (domain > 0 && line[..domain].Contains(type.Domain, StringComparison.OrdinalIgnoreCase))
                return line[(domain + 2)..];
        }

        return "the data is damaged or cut short";
    }
}

/// <summary>What libvips says about failures.</summary>
internal static unsafe class VipsError
{
    /// <summary>All messages since the last call, a line "function: message" each.</summary>
    public static string Take()
    {
        byte* text = VipsApi.TakeErrors();
        string all = Marshal.PtrToStringUTF8((nint)text) ?? "";
        VipsApi.Free(text);
        return all.Trim();
    }
}
