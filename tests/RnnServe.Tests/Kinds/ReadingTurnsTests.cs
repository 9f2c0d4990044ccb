using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Scheduling;

namespace RnnServe.Tests.Kinds;

public sealed class ReadingTurnsTests
{
    [Fact]
    public async Task What_is_bulk_has_its_turn_when_nobody_else_waits()
    {
        var turns = new ReadingTurns(most: 1);
        await turns.EnterAsync(RequestPriority.Bulk, default);
        Task bulk = turns.EnterAsync(RequestPriority.Bulk, default), first = turns.EnterAsync(RequestPriority.Interactive, default),
            second = turns.EnterAsync(RequestPriority.Interactive, default);

        foreach (var next in (Task[])[first, second, bulk])
        {
            Assert.False(next.IsCompleted);
            turns.Leave();
            await next.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Who_goes_away_leaves_the_turn_to_the_next()
    {
        var turns = new ReadingTurns(most: 2);
        using var away = new CancellationTokenSource();
        await turns.EnterAsync(RequestPriority.Interactive, default);
        await turns.EnterAsync(RequestPriority.Interactive, default);
        Task gone = turns.EnterAsync(RequestPriority.Interactive, away.Token), next = turns.EnterAsync(RequestPriority.Interactive, default);

        await away.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        turns.Leave();
        await next.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        // Both turns come back.
        turns.Leave();
        turns.Leave();
        Assert.True(turns.EnterAsync(RequestPriority.Bulk, default).IsCompleted);
        Assert.True(turns.EnterAsync(RequestPriority.Bulk, default).IsCompleted);
        Assert.False(turns.EnterAsync(RequestPriority.Bulk, default).IsCompleted);
    }
}
