namespace RnnServe.Tests.Bundles;

/// <summary>A folder that is deleted with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("rnnserve-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
