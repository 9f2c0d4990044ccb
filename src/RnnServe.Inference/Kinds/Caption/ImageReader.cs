using System.Diagnostics;
using System.Security.Cryptography;
using RnnServe.Inference.Images;
using RnnServe.Inference.Scheduling;

namespace RnnServe.Inference.Kinds.Caption;

/// <summary>Files of images to sources of captions: found in the cache, or decoded and scaled. Thread-safe.</summary>
internal sealed class ImageReader(ImageManifest manifest, ImageLimits limits, long cacheBytes, ModelMeter meter)
{
    /// <summary>Over all requests and models: more images at a time are not faster, but need more memory, and one core is left for
    /// everybody whose image is not a costly one.</summary>
    private static readonly int MostAtOnce = Math.Max(1, Environment.ProcessorCount - 1);

    private static readonly ReadingTurns Turns = new(MostAtOnce);

    private readonly FeatureCache cache = new(cacheBytes);

    /// <summary>How often the cache helped.</summary>
    public FeatureCacheCounts CacheCounts => cache.Counts;

    /// <summary>Reads images side by side; results in the same order.</summary>
    /// <param name="files">Contents of the files.</param>
    /// <param name="cancellation">Ends the waiting and the decoding.</param>
    /// <exception cref="ImageRefusedException">One cannot be read; of several such images the first is named.</exception>
    public async Task<IReadOnlyList<ReadImage>> ReadAsync(IReadOnlyList<ReadOnlyMemory<byte>> files, CancellationToken cancellation)
    {
        var origin = RequestOrigin.Current;
        var images = new ReadImage[files.Count];
        ImageRefusedException? refused = null;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellation };
        await Parallel.ForAsync(0, files.Count, parallel, async (i, stop) =>
        {
            await Turns.EnterAsync(origin, stop).ConfigureAwait(false);
            try
            {
                // Images before a bad one may be bad too; those after it change nothing.
                if (!(Volatile.Read(ref refused)?.Index < i))
                    images[i] = Read(files[i].Span, stop);
            }
            catch (ImageException error)
            {
                lock (images)
                {
                    if (refused is null || i < refused.Index)
                        refused = new ImageRefusedException(i, error);
                }
            }
            finally
            {
                Turns.Leave();
            }
        }).ConfigureAwait(false);
        return refused is null ? images : throw refused;
    }

    private ReadImage Read(ReadOnlySpan<byte> file, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        string? key = cacheBytes > 0 ? Convert.ToHexString(SHA256.HashData(file)) : null;
        var source = key is not null && cache.Find(key) is { } features
            ? ImageSource.Of(features, manifest.Cells)
            : ImageSource.Of(
                Decode(file, cancellation),
                manifest.Cells,
                key is null ? null : encoded => cache.Add(key, encoded));
        return new ReadImage(source, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    private byte[] Decode(ReadOnlySpan<byte> file, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        byte[] pixels = ImageDecoder.Decode(file, manifest.Size, manifest.Size, manifest.Fit, limits, cancellation);
        meter.DecodedImage(Stopwatch.GetElapsedTime(start));
        return pixels;
    }
}

/// <summary>An image that can be captioned.</summary>
/// <param name="Source">Pixels or features.</param>
/// <param name="Milliseconds">That reading it took.</param>
internal sealed record ReadImage(ImageSource Source, double Milliseconds);
