namespace RnnServe.Training.Loop;

/// <summary>Keeps what a training takes within bounds.</summary>
/// <param name="gigabytes">Most that the tensors of one run may take at its peak.</param>
/// <param name="available">Bytes that the machine, or the container, has; null: asked for.</param>
internal sealed class TrainingMemory(double gigabytes, long? available = null)
{
    /// <summary>Of all that a run computes, the share that is there at its peak: 0.30 to 0.38 where it was measured.</summary>
    private const double PeakShare = 0.4;

    private readonly long available = available ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Physical memory of the process without what ONNX Runtime keeps for later runs; at first it is not known.</summary>
    private long kept = Environment.WorkingSet;

    /// <summary>Whether ONNX Runtime shall give its free memory back after the next run. Between runs of many shapes it keeps, in pieces,
    /// several times what the largest of them takes; giving it back costs as much time as filling it with zeros.</summary>
    public bool ReleaseIsDue => Environment.WorkingSet - kept > Math.Min(gigabytes * 1e9, available / 2.0);

    /// <summary>Says that it was given back.</summary>
    public void Released() => kept = Environment.WorkingSet;

    /// <summary>The fewest parts of like size that stay within the bound.</summary>
    /// <param name="bytes">All that a run over the whole batch computes.</param>
    /// <param name="sentences">Of the whole batch.</param>
    /// <param name="orAlone">Whether each sentence is a part where one alone takes more.</param>
    /// <exception cref="UserException">Not even a sentence alone does, or the machine has less than a part takes.</exception>
    public int Parts(long bytes, int sentences, bool orAlone = false)
    {
        double limit = gigabytes * 1e9 / PeakShare, alone = (double)bytes / sentences;
        if (orAlone && alone > Math.Min(limit, available / PeakShare))
            return sentences;
        if (alone > limit)
        {
            throw new UserException(
                Invariant($"One sentence of a batch takes {alone * PeakShare / 1e9:G2} GB; training.memoryGb allows {gigabytes}. ")
                + "Raise it, or lower training.maxLength.");
        }

        // The largest part has a sentence more than the others, if they do not come out even.
        int parts = (int)Math.Ceiling(bytes / limit);
        while (Largest(parts) * alone > limit)
            parts++;
        double peak = Largest(parts) * alone * PeakShare;
        return peak <= available ? parts : throw new UserException(
            Invariant($"A step takes about {peak / 1e9:G2} GB, and there are {available / 1e9:G2} GB. ")
            + Invariant($"Lower training.memoryGb ({gigabytes}), so that it is run in parts."));

        int Largest(int parts) => (sentences + parts - 1) / parts;
    }
}
