using System.Runtime.InteropServices;
using Microsoft.Extensions.Time.Testing;
using RnnServe.Inference.Scheduling;

namespace RnnServe.Tests.Scheduling;

/// <summary>What the C library keeps of memory that was freed in pieces, and the collector of what many requests took, goes back to the
/// system in a pause, and not before.</summary>
[CollectionDefinition(nameof(IdleMemoryTests), DisableParallelization = true)]
[Collection(nameof(IdleMemoryTests))]
public sealed class IdleMemoryTests
{
    private const int Pieces = 8000, PieceBytes = 64 * 1024, Megabyte = 1024 * 1024;

    [Fact]
    public void Free_memory_goes_back_when_there_was_work_and_then_none()
    {
        Assert.SkipUnless(NativeLibrary.TryLoad("libc.so.6", out _), "Only glibc can be told to give memory back.");
        var clock = new FakeTimeProvider();
        bool idle = false;
        using var memory = new IdleMemory(() => idle, clock);
        nint[] kept = FreeInPieces();
        try
        {
            memory.Worked();
            Assert.InRange(GivenBackAfterSeconds(5), -200, 200);   // it runs

            idle = true;
            memory.Worked();
            Assert.InRange(GivenBackAfterSeconds(5), -200, 200);   // it ran a moment ago
            Assert.InRange(GivenBackAfterSeconds(5), 250, long.MaxValue);   // what earlier tests left comes on top
        }
        finally
        {
            foreach (nint piece in kept)
                Marshal.FreeHGlobal(piece);
        }

        long GivenBackAfterSeconds(int seconds)
        {
            long before = Environment.WorkingSet;
            clock.Advance(TimeSpan.FromSeconds(seconds));
            return (before - Environment.WorkingSet) / Megabyte;
        }
    }

    [Fact]
    public void The_collector_gives_back_what_many_requests_took_but_is_not_asked_after_every_one()
    {
        var clock = new FakeTimeProvider();
        using var memory = new IdleMemory(() => true, clock);

        Assert.Equal(0, CollectionsAfterWork(megabytes: 10));
        Assert.Equal(1, CollectionsAfterWork(megabytes: 300));
        Assert.Equal(0, CollectionsAfterWork(megabytes: 10));

        int CollectionsAfterWork(int megabytes)
        {
            for (int i = 0; i < megabytes; i++)
                GC.KeepAlive(new byte[Megabyte]);
            memory.Worked();
            clock.Advance(TimeSpan.FromSeconds(5));
            int before = GC.CollectionCount(GC.MaxGeneration);
            clock.Advance(TimeSpan.FromSeconds(5));
            return GC.CollectionCount(GC.MaxGeneration) - before;
        }
    }

    /// <summary>Takes 500 MB and frees all but a piece of every hundred: no heap is free as a whole.</summary>
    private static unsafe nint[] FreeInPieces()
    {
        nint[] pieces = [.. Enumerable.Range(0, Pieces).Select(_ => Marshal.AllocHGlobal(PieceBytes))];
        foreach (nint piece in pieces)
            new Span<byte>((void*)piece, PieceBytes).Fill(1);
        foreach (nint piece in pieces.Where((_, i) => i % 100 != 0))
            Marshal.FreeHGlobal(piece);
        return [.. pieces.Where((_, i) => i % 100 == 0)];
    }
}
