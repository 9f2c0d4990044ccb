using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Scheduling;

namespace RnnServe.Tests.Kinds;

public sealed class ReadingTurnsTests
{
    private static readonly RequestOrigin Bulk = new("", RequestPriority.Bulk);

    [Fact]
    public async Task Callers_have_a_turn_each_however_many_images_one_sends()
    {
        var turns = new ReadingTurns(most: 1);
        await turns.EnterAsync(Bulk, default);
        Task[] many = [.. Enumerable.Range(0, 5).Select(_ => EnterAsync("many"))];
        Task few = EnterAsync("few");

        foreach (var next in (Task[])[many[0], few, .. many[1..]])
        {
            Assert.False(next.IsCompleted);
            turns.Leave();
            await next.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }

        Task EnterAsync(string caller) => turns.EnterAsync(new(caller, RequestPriority.Interactive), default);
    }

    [Fact]
    public async Task What_is_bulk_has_its_turn_when_nobody_else_waits()
    {
        var turns = new ReadingTurns(most: 1);
        await turns.EnterAsync(Bulk, default);
        Task bulk = turns.EnterAsync(Bulk, default), first = turns.EnterAsync(RequestOrigin.Unknown, default),
            second = turns.EnterAsync(RequestOrigin.Unknown, default);

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
        await turns.EnterAsync(RequestOrigin.Unknown, default);
        await turns.EnterAsync(RequestOrigin.Unknown, default);
        Task gone = turns.EnterAsync(RequestOrigin.Unknown, away.Token), next = turns.EnterAsync(RequestOrigin.Unknown, default);

        await away.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        turns.Leave();
        await next.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        // Both turns come back.
        turns.Leave();
        turns.Leave();
        Assert.True(turns.EnterAsync(Bulk, default).IsCompleted);
        Assert.True(turns.EnterAsync(Bulk, default).IsCompleted);
        Assert.False(turns.EnterAsync(Bulk, default).IsCompleted);
    }
}
