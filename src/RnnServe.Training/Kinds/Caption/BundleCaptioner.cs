using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Training.Evaluation;
using RnnServe.Training.Export;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>Captions with a bundle in this process.</summary>
internal sealed class BundleCaptioner(Captioner captioner, SearchSettings search) : IAnswerer
{
    public const int PhotosPerCall = 64;

    /// <summary>Loads a bundle, given the folder of the model or of one version.</summary>
    public static async Task<BundleCaptioner> LoadAsync(string folder, SearchSettings search, CancellationToken cancellation)
    {
        var forgetful = new LoadOptions { ImageCacheBytes = 0, Precision = search.Precision };    // every photo comes once
        var captioner = await Captioner.LoadAsync(BundleVersions.Find(folder), new BatchingOptions(), forgetful, cancellation);
        return new BundleCaptioner(captioner, search);
    }

    public async Task<IReadOnlyList<string>> AnswerAsync(IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        var options = new SearchOptions { BeamSize = search.BeamSize, LengthPenalty = search.LengthPenalty };
        ReadOnlyMemory<byte>[] files = [.. paths.Select(path => (ReadOnlyMemory<byte>)File.ReadAllBytes(path))];
        try
        {
            var captions = await captioner.CaptionAsync(files, options, cancellation);
            return [.. captions.Select(caption => caption.Text)];
        }
        catch (ImageRefusedException error)
        {
            throw new UserException($"'{paths[error.Index]}': {error.Message}", error);
        }
        catch (ArgumentException error)
        {
            // An option outside the bundle's limits.
            throw new UserException(error.Message, error);
        }
    }

    public ValueTask DisposeAsync() => captioner.DisposeAsync();
}
