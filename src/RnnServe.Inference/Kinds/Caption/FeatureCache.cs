namespace RnnServe.Inference.Kinds.Caption;

/// <summary>How often an image was found in the cache of encoded images.</summary>
/// <param name="Hits">Images that were there: neither decoded nor encoded again.</param>
/// <param name="Misses">Images that were not.</param>
/// <param name="Images">Images that are there now.</param>
/// <param name="Bytes">Memory that they take.</param>
public readonly record struct FeatureCacheCounts(long Hits, long Misses, int Images, long Bytes);

/// <summary>What the encoder made of the images that came last, by a hash of their files' bytes. Thread-safe.</summary>
/// <param name="capacity">Most bytes; the image that was not asked for the longest goes first.</param>
internal sealed class FeatureCache(long capacity)
{
    /// <summary>About what an entry takes beside its numbers: the hash as text, list, table and small objects.</summary>
    public const int BytesPerEntry = 512;

    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> byUse = [];
    private long bytes;
    private long hits;
    private long misses;

    /// <summary>What happened so far.</summary>
    public FeatureCacheCounts Counts
    {
        get
        {
            lock (gate)
                return new FeatureCacheCounts(hits, misses, entries.Count, bytes);
        }
    }

    /// <summary>The features of an image; null where they are not known.</summary>
    public ImageFeatures? Find(string key)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(key, out var node))
            {
                misses++;
                return null;
            }

            hits++;
            byUse.Remove(node);
            byUse.AddLast(node);
            return node.Value.Features;
        }
    }

    /// <summary>Remembers the features of an image, unless they alone are too many.</summary>
    public void Add(string key, ImageFeatures features)
    {
        lock (gate)
        {
            // Two requests may have encoded the same image at the same time.
            if (Size(features) > capacity || entries.ContainsKey(key))
                return;
            entries.Add(key, byUse.AddLast(new Entry(key, features)));
            bytes += Size(features);
            while (bytes > capacity)
            {
                var oldest = byUse.First!;
                byUse.RemoveFirst();
                entries.Remove(oldest.Value.Key);
                bytes -= Size(oldest.Value.Features);
            }
        }
    }

    private static long Size(ImageFeatures features) => features.Bytes + BytesPerEntry;

    private sealed record Entry(string Key, ImageFeatures Features);
}
