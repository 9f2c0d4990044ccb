using System.ComponentModel.DataAnnotations;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Tests.Fakes;

namespace RnnServe.Tests.Scheduling;

public class WorkerPoolTests
{
    private static readonly DecodingOptions Options = new() { BeamSize = 3, MaxLength = 12, LengthPenalty = 2 };
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(1, 1), InlineData(1, 24), InlineData(3, 12)]
    public async Task Answers_do_not_depend_on_batch_mates_and_workers(int workers, int maxRows)
    {
        await using var scheduler = New(NewDecoder, new BatchingOptions { Workers = workers, MaxRows = maxRows });
        // Every seventh is so long that it gets a batch of another class.
        int[][] sources = [.. Enumerable.Range(0, 60).Select(i => (int[])[3 + (i % 5), i, .. Enumerable.Repeat(7, i % 7 == 6 ? 90 : 0)])];

        var requests = sources.Chunk(7).Select(chunk => scheduler.DecodeAsync([.. chunk.Select(Sentence)], default));
        var results = (await Task.WhenAll(requests)).SelectMany(r => r).ToList();

        for (int i = 0; i < sources.Length; i++)
            Assert.Equal(Alone(sources[i]), results[i].Hypotheses[0].Tokens);
    }

    [Fact]
    public async Task A_full_queue_refuses_a_whole_request_at_once_and_keeps_what_it_has()
    {
        using var gate = new ManualResetEventSlim();
        var options = new BatchingOptions { Workers = 1, MaxRows = 1, MaxQueued = 3 };
        await using var scheduler = New(() => Gated(gate), options);
        var running = scheduler.DecodeAsync([Sentence([3])], default);
        Assert.True(SpinWait.SpinUntil(() => scheduler.Queued == 0, Patience));
        var waiting = scheduler.DecodeAsync([Sentence([4]), Sentence([5])], default);

        var error = await Assert.ThrowsAsync<QueueFullException>(() => scheduler.DecodeAsync([Sentence([6]), Sentence([7])], default));

        Assert.Equal((2, 2, 3), (error.Queued, error.Asked, error.Limit));
        Assert.Equal(2, scheduler.Queued);
        Assert.Throws<QueueFullException>(() => scheduler.CheckRoom(2));
        scheduler.CheckRoom(1);
        gate.Set();
        Assert.Equal(Alone([3]), (await running)[0].Hypotheses[0].Tokens);
        Assert.Equal(Alone([5]), (await waiting)[1].Hypotheses[0].Tokens);
    }

    [Fact]
    public async Task A_cancelled_request_frees_its_rows_within_one_step()
    {
        using var cancellation = new CancellationTokenSource();
        using var gate = new ManualResetEventSlim();
        var steps = new List<int[]>();
        int cancelledAt = -1;
        var decoder = Gated(gate, rows =>
        {
            steps.Add([.. rows.Select(source => source[0]).Distinct()]);
            if (steps.Count == 2)
            {
                cancellation.Cancel();
                cancelledAt = steps.Count;
            }
        });
        await using var scheduler = New(() => decoder, new BatchingOptions { Workers = 1, MaxRows = 12 });

        var kept = scheduler.DecodeAsync([Sentence([30, 1])], default);
        var gone = scheduler.DecodeAsync([Endless(31, 200), Endless(32, 200)], cancellation.Token);
        gate.Set();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        Assert.Equal(Alone([30, 1]), (await kept)[0].Hypotheses[0].Tokens);
        Assert.Contains(31, steps[cancelledAt - 1]);
        Assert.True(steps.Count > cancelledAt);
        Assert.All(steps[cancelledAt..], sources => Assert.Equal([30], sources));
    }

    [Fact]
    public async Task A_cancelled_request_gives_its_places_in_the_queue_back_at_once()
    {
        using var gate = new ManualResetEventSlim();
        using var cancellation = new CancellationTokenSource();
        var options = new BatchingOptions { Workers = 1, MaxRows = 1, MaxQueued = 2 };
        await using var scheduler = New(() => Gated(gate), options);
        var running = scheduler.DecodeAsync([Sentence([3])], default);
        Assert.True(SpinWait.SpinUntil(() => scheduler.Queued == 0, Patience));
        var waiting = scheduler.DecodeAsync([Sentence([4]), Sentence([5])], cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(0, scheduler.Queued);
        var next = scheduler.DecodeAsync([Sentence([6]), Sentence([7])], default);
        gate.Set();
        await running;
        Assert.Equal(Alone([7]), (await next)[1].Hypotheses[0].Tokens);
    }

    [Fact]
    public async Task A_request_of_one_sentence_does_not_wait_behind_a_large_one()
    {
        using var gate = new ManualResetEventSlim();
        var order = new List<int>();
        var options = new BatchingOptions { Workers = 1, MaxRows = 1 };
        await using var scheduler = New(() => Gated(gate, rows => order.Add(rows[0][0])), options);
        var running = scheduler.DecodeAsync([Sentence([3])], default);
        Assert.True(SpinWait.SpinUntil(() => scheduler.Queued == 0, Patience));
        var large = scheduler.DecodeAsync([.. Enumerable.Range(100, 20).Select(i => Sentence([i]))], default);
        var small = scheduler.DecodeAsync([Sentence([5])], default);

        gate.Set();
        await Task.WhenAll(running, large, small);

        // One of the large request's sentences may be before it, and another beside it.
        Assert.InRange(order.Distinct().ToList().IndexOf(5), 1, 3);
    }

    [Fact]
    public async Task A_small_request_has_three_quarters_of_the_time_beside_a_large_one_however_long_its_steps_are()
    {
        const int Newcomer = 5;
        var (clock, steps) = (new RowClock(), new List<int[]>());
        Task<IReadOnlyList<DecodedSentence>>? small = null;
        Scheduler? scheduler = null;
        HistoryDecoder Watched()
        {
            var decoder = NewDecoder();
            decoder.BeforeStep = rows =>
            {
                steps.Add([.. rows.Select(source => source[0])]);
                clock.Rows += rows.Count;
                if (steps.Count == 4)
                    small = scheduler!.DecodeAsync([Endless(Newcomer, 110)], default);
            };
            return decoder;
        }

        scheduler = new(Watched, new BatchingOptions { Workers = 1 }, new Cost(30, LeastWidth: 1), clock);
        await using var running = scheduler;
        await scheduler.DecodeAsync([.. Enumerable.Range(100, 40).Select(i => Endless(i, 20))], default);
        await small!;

        // 10 steps of 3 rows are as long as a step of 30; with its 30 steps for each of theirs the newcomer waits for 3 of them, not 110.
        int first = steps.FindIndex(rows => rows[0] == Newcomer), last = steps.FindLastIndex(rows => rows[0] == Newcomer);
        Assert.Equal(110, steps.Count(rows => rows[0] == Newcomer));
        Assert.InRange(first, 4, 5);
        Assert.InRange(steps[first..last].Count(rows => rows[0] != Newcomer), 3, 4);
        Assert.All(steps.Where(rows => rows[0] != Newcomer), rows => Assert.InRange(rows.Length, 1, 30));
    }

    [Fact]
    public async Task Small_and_large_requests_that_come_to_an_idle_worker_start_together_whatever_was_owed_before()
    {
        const int First = 5, Second = 6;
        var clock = new RowClock();
        var others = new List<Task>();
        Scheduler? scheduler = null;
        HistoryDecoder Watched()
        {
            var decoder = NewDecoder();
            decoder.BeforeStep = rows =>
            {
                clock.Rows += rows.Count;
                if (others.Count == 0 && rows.Count == 3)
                    others.Add(scheduler!.DecodeAsync([Endless(First, 1)], default));
                else if (others.Count == 1 && rows[0][0] == First)
                    others.AddRange([scheduler!.DecodeAsync(Large(positions: 65), default), scheduler.DecodeAsync([Endless(Second, 1)], default)]);
            };
            return decoder;
        }

        scheduler = new(Watched, new BatchingOptions { Workers = 1 }, new Cost(30, LeastWidth: 1), clock);
        await using var running = scheduler;

        // The first one comes with the last step of the large request and leaves before it has had its time for this step. The next large
        // request is of another class, whose batch has never been stepped.
        await scheduler.DecodeAsync(Large(positions: 2), default);
        Assert.True(SpinWait.SpinUntil(() => others.Count == 3, Patience));
        await Task.WhenAll(others).WaitAsync(Patience);

        BeamSearch[] Large(int positions) => [.. Enumerable.Range(100, 11).Select(i => Endless(i, 1, positions))];
    }

    [Fact]
    public async Task A_failing_run_fails_its_sentences_and_the_worker_goes_on_with_a_new_decoder()
    {
        var decoders = new List<HistoryDecoder>();
        HistoryDecoder Failing()
        {
            var decoder = NewDecoder();
            decoder.BeforeStep = rows =>
            {
                if (rows.Any(source => source[0] == 13))
                    throw new InvalidOperationException("broken");
            };
            decoders.Add(decoder);
            return decoder;
        }

        await using var scheduler = New(Failing, new BatchingOptions { Workers = 1 });

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => scheduler.DecodeAsync([Sentence([13])], default));
        var after = await scheduler.DecodeAsync([Sentence([4])], default);

        Assert.Equal("broken", error.Message);
        Assert.Equal(Alone([4]), after[0].Hypotheses[0].Tokens);
        Assert.Equal([true, false], decoders.Select(d => d.IsDisposed));
    }

    [Fact]
    public async Task Closing_finishes_what_was_admitted_and_admits_nothing_more()
    {
        int steps = 0;
        HistoryDecoder Counted()
        {
            var decoder = NewDecoder();
            decoder.BeforeStep = _ => Interlocked.Increment(ref steps);
            return decoder;
        }

        var scheduler = New(Counted, new BatchingOptions { Workers = 2, MaxRows = 6 });
        var admitted = scheduler.DecodeAsync([.. Enumerable.Range(3, 30).Select(i => Sentence([i]))], default);

        await scheduler.DisposeAsync().AsTask().WaitAsync(Patience);
        int atTheEnd = Volatile.Read(ref steps);

        Assert.Equal(30, (await admitted.WaitAsync(Patience)).Count);
        Assert.Equal(atTheEnd, Volatile.Read(ref steps));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => scheduler.DecodeAsync([Sentence([4])], default));
    }

    [Fact]
    public async Task A_long_sentence_is_never_in_a_batch_with_short_ones()
    {
        var lengths = new List<int[]>();
        HistoryDecoder Watched()
        {
            var decoder = NewDecoder();
            decoder.BeforeStep = rows => lengths.Add([.. rows.Select(source => source.Length).Distinct()]);
            return decoder;
        }

        await using var scheduler = New(Watched, new BatchingOptions { Workers = 1 });
        int[][] sources = [.. Enumerable.Range(0, 12).Select(i => Enumerable.Repeat(3 + (i % 5), i % 4 == 0 ? 250 : 12).ToArray())];

        var results = await scheduler.DecodeAsync([.. sources.Select(Sentence)], default);

        Assert.All(sources.Zip(results), pair => Assert.Equal(Alone(pair.First), pair.Second.Hypotheses[0].Tokens));
        Assert.All(lengths, step => Assert.Single(step));
        // They take turns: neither waits until the other is over.
        Assert.Equal([12, 250, 12, 250], lengths.Take(4).Select(step => step[0]));
    }

    [Fact]
    public async Task The_times_of_a_sentence_add_up()
    {
        await using var scheduler = New(NewDecoder, new BatchingOptions { Workers = 1 });

        var timing = (await scheduler.DecodeAsync([Sentence([4])], default))[0].Timing;

        Assert.True(timing is { QueueMs: >= 0, EncodeMs: > 0, DecodeMs: > 0 });
        Assert.Equal(timing.TotalMs, timing.QueueMs + timing.EncodeMs + timing.DecodeMs, tolerance: 0.01);
    }

    [Theory]
    [InlineData(-1, 80, 4096, 0), InlineData(1, -1, 4096, 0), InlineData(1, 16_385, 4096, 0), InlineData(1, 80, 0, 0), InlineData(1, 80, 4096, 1001)]
    public void Options_outside_their_ranges_are_refused(int workers, int maxRows, int maxQueued, int maxWaitMs)
    {
        var options = new BatchingOptions { Workers = workers, MaxRows = maxRows, MaxQueued = maxQueued, MaxWaitMs = maxWaitMs };
        Assert.Throws<ValidationException>(() => New(NewDecoder, options));
    }

    [Fact]
    public async Task A_wait_for_company_ends_when_there_is_as_much_as_a_worker_runs_at_once()
    {
        var options = new BatchingOptions { Workers = 1, MaxWaitMs = 1000 };
        await using var scheduler = new Scheduler(NewDecoder, options, new Cost(12, LeastWidth: 1), new RowClock());

        var results = await scheduler.DecodeAsync([Sentence([3]), Sentence([4]), Sentence([5]), Sentence([6])], default).WaitAsync(Patience);

        Assert.Equal(Alone([6]), results[3].Hypotheses[0].Tokens);
    }

    internal static BeamSearch Endless(int token, int length, int positions = 2) =>
        new(new TextSource([token, .. Enumerable.Repeat(1, positions - 1)]), NoEnd, Options with { MaxLength = length });

    /// <summary>An end token that the decoder does not have: the search runs to its maximal length.</summary>
    private static TokenRules NoEnd { get; } = new(HistoryDecoder.StartToken, 99, [HistoryDecoder.Pad]);

    private static Scheduler New(Func<IDecoder> createDecoder, BatchingOptions options) =>
        new(createDecoder, options, Cost.Of(options, "fp32", leastWidth: 1));

    internal static HistoryDecoder NewDecoder() => new(vocabularySize: 15, seed: 4);

    internal static BeamSearch Sentence(int[] source) => new(new TextSource(source), HistoryDecoder.Rules, Options);

    internal static int[] Alone(int[] source) => SearchRows.DecodeAll(NewDecoder(), [Sentence(source)], 1)[0][0].Tokens;

    private static HistoryDecoder Gated(ManualResetEventSlim gate, Action<IReadOnlyList<int[]>>? then = null)
    {
        var decoder = NewDecoder();
        decoder.BeforeStep = rows =>
        {
            gate.Wait(Patience);
            then?.Invoke(rows);
        };
        return decoder;
    }

    /// <summary>One model with workers of its own.</summary>
    private sealed class Scheduler : IAsyncDisposable
    {
        private readonly WorkerPool pool;
        private readonly RequestQueue queue;

        public Scheduler(Func<IDecoder> createDecoder, BatchingOptions options, Cost cost, TimeProvider? clock = null)
        {
            pool = new WorkerPool(options, clock);
            queue = pool.Open(cost, () => new SteppingBatch(createDecoder, pool.Clock));
        }

        public int Queued => queue.Count;

        public void CheckRoom(int sentences) => queue.CheckRoom(sentences);

        public Task<IReadOnlyList<DecodedSentence>> DecodeAsync(IReadOnlyList<ISearch> searches, CancellationToken cancellation) =>
            queue.RunAsync<DecodedSentence>([.. searches.Select(search => new DecodeJob(search))], cancellation);

        public ValueTask DisposeAsync() => pool.DisposeAsync();
    }
}
