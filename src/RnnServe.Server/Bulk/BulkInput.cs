namespace RnnServe.Server.Bulk;

/// <summary>Standard input, which may be a file too.</summary>
internal static class BulkInput
{
    private const string Descriptor = "/proc/self/fd/0";

    /// <summary>The file that the shell opened for standard input (<c>&lt; texts.en</c>), where the system can say which; null for a pipe
    /// and a terminal. Of a file the length is known, and whether it is the one that an interrupted command has read.</summary>
    public static FileInfo? StandardInputFile() =>
        File.Exists(Descriptor)
        && new FileInfo(Descriptor).ResolveLinkTarget(returnFinalTarget: true) is FileInfo { Exists: true } file
        && !file.FullName.StartsWith("/dev/", StringComparison.Ordinal)
            ? file
            : null;
}
