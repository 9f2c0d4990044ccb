using System.Runtime.InteropServices;

namespace RnnServe.Inference.Scheduling;

/// <summary>Gives free memory back to the system when there has been nothing to do for a while.</summary>
/// <remarks>The C library keeps what batches of other models and lengths gave back, in pieces: with many models several times what they
/// hold; the collector keeps what many requests at once took. While there is work both are left alone, as taking memory anew costs
/// time. Of the C libraries only glibc can be told.</remarks>
internal sealed unsafe class IdleMemory : IDisposable
{
    /// <summary>Bytes that were allocated since the last time before the collector gives memory back: a lone request does not make it
    /// begin anew.</summary>
    private const long Much = 256 << 20;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly delegate* unmanaged<nuint, int> MallocTrim = Find();

    private readonly ITimer timer;
    private bool due;
    private long allocated = GC.GetTotalAllocatedBytes();
    private volatile bool worked;

    /// <param name="isIdle">Whether no worker has anything to do now.</param>
    /// <param name="clock">Tells when to look.</param>
    public IdleMemory(Func<bool> isIdle, TimeProvider clock) =>
        timer = clock.CreateTimer(_ => Look(isIdle), state: null, Interval, Interval);

    /// <summary>Says that a worker has something to do.</summary>
    public void Worked() => worked = true;

    public void Dispose() => timer.Dispose();

    private void Look(Func<bool> isIdle)
    {
        if (worked || !isIdle())
        {
            (worked, due) = (false, true);
            return;
        }

        if (due)
        {
            Collect();
            GiveBack();
        }

        due = false;
    }

    private void Collect()
    {
        long now = GC.GetTotalAllocatedBytes();
        if (now - allocated < Much)
            return;
        allocated = now;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    /// <summary>Gives free memory back now.</summary>
    public static void GiveBack()
    {
        if (MallocTrim is not null)
            _ = MallocTrim(0);
    }

    private static delegate* unmanaged<nuint, int> Find() =>
        NativeLibrary.TryLoad("libc.so.6", out nint library) && NativeLibrary.TryGetExport(library, "malloc_trim", out nint trim)
            ? (delegate* unmanaged<nuint, int>)trim
            : null;
}
