using System.Diagnostics;
using RnnServe.OnnxRuntime;

namespace RnnServe.Tests.OnnxRuntime;

/// <summary>Runs that are stopped, overlap, or lose what they use.</summary>
public sealed class RunTests
{
    private const long Endless = 1L << 40;

    [Fact]
    public async Task Terminate_stops_a_long_run_within_a_second_and_reset_allows_the_next()
    {
        using var session = new Session(TinyModels.Counter());
        using var options = new RunOptions();
        using var counter = new LoopTensors(Endless);
        var run = Start(() => counter.Run(session, options));
        await StillRuns(run, milliseconds: 100);

        var watch = Stopwatch.StartNew();
        options.Terminate();
        var stopped = await Assert.ThrowsAsync<OperationCanceledException>(() => run);

        Assert.InRange(watch.ElapsedMilliseconds, 0, 10_000);
        Assert.IsType<OnnxRuntimeException>(stopped.InnerException);
        counter.Trips = 3;
        Assert.Throws<OperationCanceledException>(() => counter.Run(session, options));
        options.Reset();
        Assert.Equal(3, counter.Run(session, options));
    }

    [Fact]
    public void A_cancellation_token_stops_a_run()
    {
        using var session = new Session(TinyModels.Counter());
        using var cancellation = new CancellationTokenSource(millisecondsDelay: 50);
        using var counter = new LoopTensors(Endless);
        using var options = new RunOptions();
        using var registration = options.TerminateOn(cancellation.Token);

        Assert.Throws<OperationCanceledException>(() => counter.Run(session, options));
    }

    [Fact]
    public void A_failure_before_anything_was_terminated_is_no_cancellation()
    {
        using var session = new Session(TinyModels.Counter());
        using var options = new RunOptions();
        using var wrong = Tensor.Allocate(ElementType.Float, 2);

        Assert.Throws<OnnxRuntimeException>(() => session.Run([wrong, wrong], new Tensor?[1], options));
    }

    [Fact]
    public async Task What_is_disposed_during_a_run_lives_until_its_end()
    {
        var session = new Session(TinyModels.Counter());
        var options = new RunOptions();
        using var stop = new RunOptions();
        var counter = new LoopTensors(Endless);
        var run = Start(() => counter.Run(session, stop));
        await StillRuns(run, milliseconds: 50);

        counter.Dispose();
        session.Dispose();
        options.Dispose();
        await StillRuns(run, milliseconds: 50);

        stop.Terminate();
        await Assert.ThrowsAsync<OperationCanceledException>(() => run);
        Assert.Throws<ObjectDisposedException>(() => counter.Run(session, stop));
        Assert.Throws<ObjectDisposedException>(options.Terminate);
        Assert.Throws<ObjectDisposedException>(options.Reset);
    }

    [Fact]
    public async Task A_tensor_cannot_be_reshaped_while_a_run_uses_it()
    {
        using var session = new Session(TinyModels.Counter());
        using var options = new RunOptions();
        using var counter = new LoopTensors(Endless);
        var run = Start(() => counter.Run(session, options));
        await StillRuns(run, milliseconds: 50);

        Assert.Throws<InvalidOperationException>(() => counter.Start.Reshape(1));

        options.Terminate();
        await Assert.ThrowsAsync<OperationCanceledException>(() => run);
        counter.Start.Reshape(1);
    }

    [Fact]
    public void Sessions_and_tensors_may_be_disposed_by_many_threads_amid_runs()
    {
        for (int round = 0; round < 50; round++)
        {
            var session = new Session(TinyModels.SumAndProduct());
            var a = Tensor.Allocate(ElementType.Float, 1, 3);
            Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 4 }, worker =>
            {
                var outputs = new Tensor?[2];
                try
                {
                    for (int i = 0; i < 50; i++)
                    {
                        session.Run([a, a], outputs);
                        outputs[0]!.Dispose();
                        outputs[1]!.Dispose();
                        outputs.AsSpan().Clear();
                        if (worker == 3 && i == 20) session.Dispose();
                        if (worker == 5 && i == 20) a.Dispose();
                    }
                }
                catch (ObjectDisposedException)
                {
                    Assert.True(outputs[0] is null);   // nothing was handed out by a refused run
                }
            });
            session.Dispose();
            a.Dispose();
        }
    }

    [Fact]
    public void Concurrent_runs_of_one_session_do_not_mix_their_answers()
    {
        using var session = new Session(TinyModels.SumAndProduct());
        using var shared = Tensor.Copy<float>([1, 2, 3], 1, 3);
        int wrong = 0;

        Parallel.For(0, 8, worker =>
        {
            using var own = Tensor.Allocate(ElementType.Float, 1, 3);
            using var sum = Tensor.Allocate(ElementType.Float, 1, 3);
            using var product = Tensor.Allocate(ElementType.Float, 1, 3);
            for (int i = 0; i < 2000; i++)
            {
                own.AsSpan<float>().Fill(worker * 10_000 + i);
                session.Run([shared, own], [sum, product]);
                float x = worker * 10_000 + i;
                if (!sum.AsSpan<float>().SequenceEqual([1 + x, 2 + x, 3 + x])) Interlocked.Increment(ref wrong);
                if (!product.AsSpan<float>().SequenceEqual([x, 2 * x, 3 * x])) Interlocked.Increment(ref wrong);
            }
        });

        Assert.Equal(0, wrong);
    }

    private static Task<float> Start(Func<float> run) => Task.Factory.StartNew(run, TaskCreationOptions.LongRunning);

    private static async Task StillRuns(Task run, int milliseconds) =>
        Assert.NotSame(run, await Task.WhenAny(run, Task.Delay(milliseconds)));

    /// <summary>Inputs and output of the Counter model.</summary>
    private sealed class LoopTensors(long trips) : IDisposable
    {
        private readonly Tensor trips = Tensor.Copy<long>([trips]);
        private readonly Tensor result = Tensor.Allocate(ElementType.Float);

        public Tensor Start { get; } = Tensor.Allocate(ElementType.Float);

        public long Trips
        {
            set => trips.AsSpan<long>()[0] = value;
        }

        public float Run(Session session, RunOptions options)
        {
            session.Run([trips, Start], [result], options);
            return result.AsSpan<float>()[0];
        }

        public void Dispose()
        {
            trips.Dispose();
            Start.Dispose();
            result.Dispose();
        }
    }
}
