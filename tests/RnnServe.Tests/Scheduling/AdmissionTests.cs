using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Tests.Fakes;

namespace RnnServe.Tests.Scheduling;

/// <summary>Whose jobs go first, and how many of one caller may wait.</summary>
public sealed class AdmissionTests
{
    [Fact]
    public void Callers_take_turns_however_many_requests_each_has()
    {
        var queue = NewQueue();
        DecodeJob[] first = [.. Enumerable.Range(0, 3).Select(_ => Admit(queue, "a"))];
        var other = Admit(queue, "b");

        Assert.Equal([first[0], other, first[1], first[2]], queue.Take(NewRoom(Lane.Small), most: 100));
    }

    [Fact]
    public void A_request_that_is_forgotten_takes_no_turn_of_its_caller()
    {
        var queue = NewQueue();
        var gone = AdmitRequest(queue, "a", NewJob());
        DecodeJob kept = Admit(queue, "a"), other = Admit(queue, "b");

        queue.Forget(gone);

        Assert.Equal([kept, other], queue.Take(NewRoom(Lane.Small), most: 100));
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public void A_caller_leaves_as_many_places_free_as_it_has()
    {
        var queue = NewQueue(places: 8);
        for (int i = 0; i < 4; i++)
            Admit(queue, "a");

        var refused = Assert.Throws<QueueFullException>(() => Admit(queue, "a"));
        Assert.Equal((4, 1, 4, 4, true), (refused.Queued, refused.Asked, refused.Limit, refused.Most, refused.IsShare));
        Admit(queue, "b");
        Admit(queue, "b");
        Assert.Throws<QueueFullException>(() => Admit(queue, "b"));
        Admit(queue, "");
        Admit(queue, "");
        Assert.False(Assert.Throws<QueueFullException>(() => Admit(queue, "")).IsShare);
    }

    [Fact]
    public void All_that_is_bulk_counts_as_one_callers()
    {
        var queue = NewQueue(places: 4);
        Admit(queue, "a", RequestPriority.Bulk);
        Admit(queue, "b", RequestPriority.Bulk);

        Assert.True(Assert.Throws<QueueFullException>(() => Admit(queue, "c", RequestPriority.Bulk)).IsShare);
        Admit(queue, "c");
        Assert.Equal(3, queue.Count);
        Assert.Equal(1, queue.CountOfInteractive);
    }

    [Fact]
    public void What_is_read_first_has_its_places_already_when_it_comes()
    {
        var queue = NewQueue(places: 8);
        var reserved = As("a", RequestPriority.Interactive, () => queue.Reserve(2));
        using var more = As("a", RequestPriority.Interactive, () => queue.Reserve(2));

        Assert.True(Assert.Throws<QueueFullException>(() => As("a", RequestPriority.Interactive, () => queue.Reserve(1))).IsShare);
        for (int i = 0; i < 4; i++)
            Admit(queue, "");
        Assert.Throws<QueueFullException>(() => Admit(queue, ""));
        As("a", RequestPriority.Interactive, () => queue.Admit([NewJob(), NewJob()], reserved));
        reserved.Dispose();
        Assert.Equal((6, 8), (queue.Count, queue.Taken));

        more.Dispose();
        more.Dispose();
        Assert.Equal(6, queue.Taken);
        Assert.Equal(6, queue.Take(NewRoom(Lane.Small), most: 100).Count);
        Assert.Equal(0, queue.Taken);
    }

    [Fact]
    public async Task Bulk_takes_no_step_while_there_is_something_else()
    {
        var steps = new List<int>();
        Task? interactive = null;
        RequestQueue? queue = null;
        HistoryDecoder Watched()
        {
            var decoder = WorkerPoolTests.NewDecoder();
            decoder.BeforeStep = rows =>
            {
                steps.Add(rows[0][0]);
                if (steps.Count == 3)
                    interactive = DecodeAsync(queue!, WorkerPoolTests.Endless(5, 6), RequestPriority.Interactive);
            };
            return decoder;
        }

        await using var pool = new WorkerPool(new BatchingOptions { Workers = 1 });
        queue = pool.Open(new Cost(12, LeastWidth: 1), () => new SteppingBatch(Watched, pool.Clock));

        await DecodeAsync(queue, WorkerPoolTests.Endless(6, 20), RequestPriority.Bulk).WaitAsync(WorkerPoolTests.Patience);
        await interactive!;

        // It came while the third step ran.
        Assert.Equal([6, 6, 6, 5, 5, 5, 5, 5, 5, .. Enumerable.Repeat(6, 17)], steps);
    }

    [Fact]
    public async Task Bulk_of_one_model_takes_no_step_while_another_has_something_else()
    {
        var steps = new List<string>();
        Task? interactive = null;
        RequestQueue? second = null;
        await using var pool = new WorkerPool(new BatchingOptions { Workers = 1 });
        var first = pool.Open(new Cost(12, LeastWidth: 1), () => new SteppingBatch(() => Watched("bulk"), pool.Clock));
        second = pool.Open(new Cost(12, LeastWidth: 1), () => new SteppingBatch(() => Watched("other"), pool.Clock));

        await DecodeAsync(first, WorkerPoolTests.Endless(6, 10), RequestPriority.Bulk).WaitAsync(WorkerPoolTests.Patience);
        await interactive!;

        Assert.Equal(["bulk", "bulk", .. Enumerable.Repeat("other", 5), .. Enumerable.Repeat("bulk", 8)], steps);

        HistoryDecoder Watched(string name)
        {
            var decoder = WorkerPoolTests.NewDecoder();
            decoder.BeforeStep = _ =>
            {
                steps.Add(name);
                if (steps.Count == 2)
                    interactive = DecodeAsync(second!, WorkerPoolTests.Endless(5, 5), RequestPriority.Interactive);
            };
            return decoder;
        }
    }

    [Fact]
    public void The_time_that_what_waits_takes_comes_from_the_rate_while_something_waited()
    {
        var clock = new RowClock();
        var queue = NewQueue(clock: clock);
        Admit(queue, "", jobs: 20);
        Assert.Equal(TimeSpan.Zero, queue.Drain());
        for (int i = 0; i < 10; i++)
            TakeOneASecond();
        Assert.Equal(10, queue.Drain().TotalSeconds, tolerance: 2);

        for (int i = 0; i < 10; i++)
            TakeOneASecond();
        clock.Rows += 1000;
        Assert.Throws<QueueFullException>(() => Admit(queue, "a", jobs: 60));
        clock.Rows += 1000;
        Admit(queue, "", jobs: 5);

        // In the pause nothing waited.
        Assert.Equal(5, queue.Drain().TotalSeconds, tolerance: 1);

        void TakeOneASecond()
        {
            clock.Rows++;
            Assert.Single(queue.Take(NewRoom(Lane.Small), most: 1));
        }
    }

    [Fact]
    public void What_an_idle_worker_takes_at_once_says_nothing_of_the_rate()
    {
        var clock = new RowClock();
        var queue = NewQueue(clock: clock);
        for (int i = 0; i < 1000; i++)
        {
            Admit(queue, "", jobs: 1);
            Assert.Single(queue.Take(NewRoom(Lane.Small), most: 1));
        }

        Admit(queue, "", jobs: 20);
        for (int i = 0; i < 4; i++)
        {
            clock.Rows++;
            Assert.Single(queue.Take(NewRoom(Lane.Small), most: 1));
        }

        Assert.Equal(16, queue.Drain().TotalSeconds, tolerance: 3);
    }

    private static RequestQueue NewQueue(int places = 100, TimeProvider? clock = null) =>
        new(new BatchingOptions { MaxQueued = places }, new Cost(100, 1), clock ?? TimeProvider.System, new object());

    private static Room NewRoom(Lane lane) => new(new Cost(100, 1), lane, new());

    private static DecodeJob Admit(RequestQueue queue, string caller, RequestPriority priority = RequestPriority.Interactive)
    {
        var job = NewJob();
        AdmitRequest(queue, caller, job, priority);
        return job;
    }

    private static void Admit(RequestQueue queue, string caller, int jobs) =>
        As(caller, RequestPriority.Interactive, () => queue.Admit([.. Enumerable.Range(0, jobs).Select(_ => NewJob())]));

    private static WaitingRequest AdmitRequest(
        RequestQueue queue, string caller, Job job, RequestPriority priority = RequestPriority.Interactive) =>
        As(caller, priority, () => queue.Admit([job]));

    private static Task<IReadOnlyList<DecodedSentence>> DecodeAsync(RequestQueue queue, ISearch search, RequestPriority priority) =>
        As("", priority, () => queue.RunAsync<DecodedSentence>([new DecodeJob(search)], default));

    private static T As<T>(string caller, RequestPriority priority, Func<T> act)
    {
        RequestOrigin.Source = () => new(caller, priority);
        try
        {
            return act();
        }
        finally
        {
            RequestOrigin.Source = null;
        }
    }

    private static DecodeJob NewJob() =>
        new(new BeamSearch(new TextSource(new int[12]), HistoryDecoder.Rules, new DecodingOptions { BeamSize = 1, MaxLength = 12 }));
}
