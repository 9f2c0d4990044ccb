namespace RnnServe.Training.Evaluation;

/// <summary>A file that is written when all is done.</summary>
internal static class OutputFile
{
    /// <summary>Finds out before the work whether it can be written; a file that is there stays as it is.</summary>
    /// <param name="file">Null where nothing is to be written.</param>
    /// <exception cref="IOException">It cannot.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not, or it is a folder.</exception>
    public static void Check(FileInfo? file)
    {
        if (file is null)
            return;
        bool isNew = !file.Exists;
        using (file.Open(FileMode.OpenOrCreate, FileAccess.Write))
        {
        }

        if (isNew)
            file.Delete();
    }
}
