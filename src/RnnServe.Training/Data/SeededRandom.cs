namespace RnnServe.Training.Data;

/// <summary>A small generator whose numbers depend on its seeds alone, whatever the machine and the version of .NET.</summary>
/// <remarks>Source: SplitMix64, Steele et al. 2014, "Fast splittable pseudorandom number generators".</remarks>
internal struct SeededRandom
{
    private ulong state;

    /// <param name="seed">The seed of the training.</param>
    /// <param name="stream">What the numbers are for: an epoch or a step. Streams of one seed are unrelated.</param>
    public SeededRandom(ulong seed, ulong stream) => state = Mix(seed) ^ Mix(~stream);

    /// <summary>A seed for stream number <paramref name="stream"/> of <paramref name="seed"/>.</summary>
    public static ulong SeedOf(ulong seed, ulong stream) => new SeededRandom(seed, stream).Next();

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        ulong value = Mix(state);
        state += 0x9E3779B97F4A7C15;
        return value;
    }

    /// <summary>An integer in [0, <paramref name="limit"/>).</summary>
    public int Next(int limit) => (int)(((Next() >> 32) * (ulong)limit) >> 32);

    /// <summary>True so often out of 1.</summary>
    public bool Chance(double share) => (Next() >> 11) * (1.0 / (1UL << 53)) < share;

    /// <summary>Puts the items into a random order (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong Mix(ulong z)
    {
        z += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
