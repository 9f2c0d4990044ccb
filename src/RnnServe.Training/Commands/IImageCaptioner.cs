namespace RnnServe.Training.Commands;

/// <summary>Captions the photos that are to be scored: in this process, or through a server.</summary>
internal interface IImageCaptioner : IAsyncDisposable
{
    /// <summary>Photos that are worth one call.</summary>
    int PhotosPerCall { get; }

    /// <summary>Captions some files of photos, in their order.</summary>
    /// <exception cref="UserException">One of them is refused in this process.</exception>
    /// <exception cref="ServerRefusalException">One of them is refused by the server.</exception>
    Task<IReadOnlyList<string>> CaptionAsync(IReadOnlyList<string> paths, CancellationToken cancellation);
}
