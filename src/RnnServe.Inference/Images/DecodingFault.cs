namespace RnnServe.Inference.Images;

/// <summary>Says why a file could not be decoded.</summary>
internal static class DecodingFault
{
    /// <summary>Why a file of a type failed, in words that continue a sentence.</summary>
    /// <remarks>
    /// What the file shows by itself comes first: libvips keeps one list of messages for all threads, so that of two images that fail at
    /// the same moment, one may find the other's or none. Of those that may be its own, by the type in the function's name, the last is
    /// taken.
    /// </remarks>
    /// <param name="type">What its first bytes say.</param>
    /// <param name="file">All of it.</param>
    /// <param name="messages">libvips' list, a line "function: message" each.</param>
    public static string Of(ImageType type, ReadOnlySpan<byte> file, string messages)
    {
        if (ImageStructure.IsCutShort(type, file))
            return "the file is cut short";
        foreach (string line in messages.Split('\n', StringSplitOptions.TrimEntries).Reverse())
        {
            int domain = line.IndexOf(": ", StringComparison.Ordinal);
            if (domain > 0 && line[..domain].Contains(type.Domain, StringComparison.OrdinalIgnoreCase))
                return line[(domain + 2)..];
        }

        return "the data is damaged";
    }
}
