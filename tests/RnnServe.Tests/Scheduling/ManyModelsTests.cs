using RnnServe.Inference.Scheduling;
using RnnServe.Tests.Fakes;
using static RnnServe.Tests.Scheduling.WorkerPoolTests;

namespace RnnServe.Tests.Scheduling;

/// <summary>Several models that share the workers of one pool.</summary>
public class ManyModelsTests
{
    [Fact]
    public async Task A_lone_sentence_of_one_model_does_not_wait_behind_the_many_of_another()
    {
        var (clock, order) = (new RowClock(), new List<int>());
        RequestQueue? quiet = null;
        Task<IReadOnlyList<DecodedSentence>>? lone = null;
        await using var pool = new WorkerPool(new BatchingOptions { Workers = 1 }, clock);
        var busy = pool.Open(new Cost(30, LeastWidth: 1), Watched);
        quiet = pool.Open(new Cost(30, LeastWidth: 1), Watched);
        SteppingBatch Watched() => new(
            () =>
            {
                var decoder = NewDecoder();
                decoder.BeforeStep = rows =>
                {
                    order.Add(rows[0][0]);
                    clock.Rows += rows.Count;
                    if (order.Count == 5)
                        lone = quiet!.RunAsync<DecodedSentence>([new DecodeJob(Endless(7, 20))], default);
                };
                return decoder;
            },
            clock);

        await busy.RunAsync<DecodedSentence>([.. Enumerable.Range(100, 40).Select(i => new DecodeJob(Endless(i, 40)))], default);
        await lone!;

        // The other's steps are ten times as long: its share of the time is over after two of them.
        int first = order.IndexOf(7), last = order.LastIndexOf(7);
        Assert.InRange(first, 5, 6);
        Assert.InRange(order[first..last].Count(source => source != 7), 0, 3);
    }

    [Fact]
    public async Task A_model_that_had_nothing_to_do_gets_no_extra_time_for_that()
    {
        var (clock, order) = (new RowClock(), new List<int>());
        await using var pool = new WorkerPool(new BatchingOptions { Workers = 1 }, clock);
        RequestQueue? used = null;
        Task<IReadOnlyList<DecodedSentence>>? beside = null;
        used = pool.Open(new Cost(30, LeastWidth: 1), Watched);
        var fresh = pool.Open(new Cost(30, LeastWidth: 1), Watched);
        await used.RunAsync<DecodedSentence>([new DecodeJob(Endless(5, 200))], default);
        order.Clear();

        await fresh.RunAsync<DecodedSentence>([new DecodeJob(Endless(8, 40))], default);
        await beside!;

        Assert.InRange(order.IndexOf(7), 1, 3);
        Assert.InRange(order.LastIndexOf(8), 70, 80);

        SteppingBatch Watched() => new(
            () =>
            {
                var decoder = NewDecoder();
                decoder.BeforeStep = rows =>
                {
                    order.Add(rows[0][0]);
                    clock.Rows += rows.Count;
                    if (rows[0][0] == 8)
                        beside ??= used!.RunAsync<DecodedSentence>([new DecodeJob(Endless(7, 40))], default);
                };
                return decoder;
            },
            clock);
    }

    [Fact]
    public async Task A_closed_model_gives_its_decoders_back_while_the_others_go_on()
    {
        var decoders = new List<HistoryDecoder>();
        await using var pool = new WorkerPool(new BatchingOptions { Workers = 2 });
        var (gone, kept) = (Open(), Open());
        await Task.WhenAll(Enumerable.Range(3, 9).Select(i => gone.RunAsync<DecodedSentence>([new DecodeJob(Sentence([i]))], default)));
        var last = gone.RunAsync<DecodedSentence>([new DecodeJob(Sentence([4]))], default);

        await gone.DisposeAsync().AsTask().WaitAsync(Patience);

        Assert.Equal(Alone([4]), (await last)[0].Hypotheses[0].Tokens);
        Assert.All(decoders, decoder => Assert.True(decoder.IsDisposed));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => gone.RunAsync<DecodedSentence>([new DecodeJob(Sentence([4]))], default));
        Assert.Equal(Alone([5]), (await kept.RunAsync<DecodedSentence>([new DecodeJob(Sentence([5]))], default))[0].Hypotheses[0].Tokens);

        RequestQueue Open() => pool.Open(new Cost(30, LeastWidth: 1), () => new SteppingBatch(Create, TimeProvider.System));

        HistoryDecoder Create()
        {
            var decoder = NewDecoder();
            lock (decoders)
                decoders.Add(decoder);
            return decoder;
        }
    }

    [Fact]
    public async Task Only_a_few_batches_without_jobs_keep_their_decoders_however_many_models_there_are()
    {
        var decoders = new List<HistoryDecoder>();
        await using var pool = new WorkerPool(new BatchingOptions { Workers = 1 });
        for (int model = 0; model < 20; model++)
        {
            var queue = pool.Open(new Cost(30, LeastWidth: 1), () => new SteppingBatch(Create, TimeProvider.System));
            for (int round = 0; round < 2; round++)
                Assert.Equal(Alone([model]), (await queue.RunAsync<DecodedSentence>([new DecodeJob(Sentence([model]))], default))[0].Hypotheses[0].Tokens);
        }

        Assert.True(SpinWait.SpinUntil(() => decoders.Count(decoder => !decoder.IsDisposed) <= 6, Patience));
        Assert.Equal(20, decoders.Count);

        HistoryDecoder Create()
        {
            decoders.Add(NewDecoder());
            return decoders[^1];
        }
    }

    [Theory, InlineData(1), InlineData(3)]
    public async Task Jobs_of_many_models_come_and_go_at_once_and_each_is_answered_as_alone(int workers)
    {
        const int Models = 7, Callers = 12, Requests = 40;
        await using var pool = new WorkerPool(new BatchingOptions { Workers = workers });
        RequestQueue[] queues =
            [.. Enumerable.Range(0, Models).Select(_ => pool.Open(new Cost(12, LeastWidth: 1), () => new SteppingBatch(NewDecoder, pool.Clock)))];
        int answered = 0, cancelled = 0;

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var random = new Random(caller);
            for (int request = 0; request < Requests; request++)
            {
                // Some are long, so that they are of another class, and some callers go away before or while their job runs.
                int[][] sources = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => Source(random))];
                using var cancellation = new CancellationTokenSource();
                if (random.Next(4) == 0)
                    cancellation.CancelAfter(random.Next(3));
                var running = queues[random.Next(Models)].RunAsync<DecodedSentence>(
                    [.. sources.Select(source => new DecodeJob(Sentence(source)))], cancellation.Token);
                try
                {
                    var found = await running.WaitAsync(Patience);
                    Assert.Equal(sources.Select(Alone), found.Select(sentence => sentence.Hypotheses[0].Tokens));
                    Interlocked.Increment(ref answered);
                }
                catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
                {
                    Interlocked.Increment(ref cancelled);
                }
            }
        })));

        Assert.Equal(Callers * Requests, answered + cancelled);
        Assert.True(answered > Callers * Requests / 2);

        static int[] Source(Random random) => [random.Next(3, 9), random.Next(50), .. Enumerable.Repeat(7, random.Next(5) == 0 ? 90 : 0)];
    }

    [Fact]
    public async Task A_model_whose_callers_have_all_gone_keeps_no_decoder_beyond_the_few_that_may_stay()
    {
        var decoders = new List<HistoryDecoder>();
        await using var pool = new WorkerPool(new BatchingOptions { Workers = 1 });
        for (int model = 0; model < 15; model++)
        {
            using var cancellation = new CancellationTokenSource();
            var queue = pool.Open(new Cost(30, LeastWidth: 1), () => new SteppingBatch(() => Leaving(cancellation), pool.Clock));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => queue.RunAsync<DecodedSentence>([new DecodeJob(Endless(5, 1000))], cancellation.Token));
        }

        Assert.True(SpinWait.SpinUntil(() => decoders.Count(decoder => !decoder.IsDisposed) <= 6, Patience));
        Assert.Equal(15, decoders.Count);

        HistoryDecoder Leaving(CancellationTokenSource cancellation)
        {
            var decoder = NewDecoder();
            decoder.BeforeStep = _ =>
            {
                // So slowly that the caller is told before the sentence ends, however busy the machine is.
                cancellation.Cancel();
                Thread.Sleep(1);
            };
            decoders.Add(decoder);
            return decoder;
        }
    }
}
