using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using RnnServe.Inference.Onnx;

namespace RnnServe.Tests.Onnx;

/// <summary>Runs that are stopped, overlap, or lose what they use.</summary>
public sealed class RunTests
{
    private const long Endless = 1L << 40;

    [Fact]
    public async Task Cancellation_stops_a_run_within_20_milliseconds_and_the_next_run_goes_through()
    {
        using var session = new Session(TinyModels.Counter());
        using var counter = new LoopTensors(Endless);
        double[] waits = new double[9];
        for (int i = 0; i < waits.Length; i++)
        {
            using var stop = new CancellationTokenSource();
            var run = Start(() => counter.Run(session, stop.Token));
            await StillRuns(run, milliseconds: 50);
            var watch = Stopwatch.StartNew();
            stop.Cancel();
            var stopped = await Assert.ThrowsAsync<OperationCanceledException>(() => run);
            waits[i] = watch.Elapsed.TotalMilliseconds;
            Assert.IsType<OnnxRuntimeException>(stopped.InnerException);
            Assert.Equal(stop.Token, stopped.CancellationToken);
        }

        // The median: another process may take the processor away from one of them.
        Assert.InRange(waits.Order().ElementAt(waits.Length / 2), 0, 20);
        counter.Trips = 3;
        Assert.Equal(3, counter.Run(session));
    }

    [Fact]
    public void A_run_that_was_cancelled_before_it_began_stops_too()
    {
        using var session = new Session(TinyModels.Counter());
        using var counter = new LoopTensors(Endless);

        Assert.Throws<OperationCanceledException>(() => counter.Run(session, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void A_failure_before_anything_was_cancelled_is_no_cancellation()
    {
        using var session = new Session(TinyModels.Counter());
        using var stop = new CancellationTokenSource();
        using var wrong = Tensor.Allocate(ElementType.Float, 2);

        using var binding = new Binding(session);
        Assert.Throws<OnnxRuntimeException>(() => binding.Run([wrong, wrong], new Tensor?[1], stop.Token));
    }

    [Fact]
    public async Task What_is_disposed_during_a_run_lives_until_its_end()
    {
        var session = new Session(TinyModels.Counter());
        using var stop = new CancellationTokenSource();
        var counter = new LoopTensors(Endless);
        var run = Start(() => counter.Run(session, stop.Token));
        await StillRuns(run, milliseconds: 50);

        counter.Dispose();
        session.Dispose();
        await StillRuns(run, milliseconds: 50);

        stop.Cancel();
        await Assert.ThrowsAsync<OperationCanceledException>(() => run);
        Assert.Throws<ObjectDisposedException>(() => counter.Run(session));
    }

    [Fact]
    public async Task A_tensor_cannot_be_reshaped_while_a_run_uses_it()
    {
        using var session = new Session(TinyModels.Counter());
        using var stop = new CancellationTokenSource();
        using var counter = new LoopTensors(Endless);
        var run = Start(() => counter.Run(session, stop.Token));
        await StillRuns(run, milliseconds: 50);

        Assert.Throws<InvalidOperationException>(() => counter.Start.Reshape(1));

        stop.Cancel();
        await Assert.ThrowsAsync<OperationCanceledException>(() => run);
        counter.Start.Reshape(1);
    }

    [Fact]
    public void A_binding_reads_what_its_tensors_hold_now_and_notices_other_tensors_and_shapes()
    {
        using var session = new Session(TinyModels.SumAndProduct());
        using var binding = new Binding(session, 1);
        using var a = Tensor.Copy<float>([1, 2, 3, 4, 5, 6], 2, 3);
        using var b = Tensor.Copy<float>([1, 1, 1, 2, 2, 2], 2, 3);
        using var other = Tensor.Copy<float>([7, 8, 9], 1, 3);
        using var product = Tensor.Allocate(ElementType.Float, 2, 3);

        Assert.Equal([1, 2, 3, 8, 10, 12], Product(a, b));
        a.AsSpan<float>()[0] = 5;
        Assert.Equal([5, 2, 3, 8, 10, 12], Product(a, b));
        Assert.Equal([1, 1, 1, 4, 4, 4], Product(b, b));
        a.Reshape(1, 3);
        product.Reshape(1, 3);
        Assert.Equal([35, 16, 27], Product(a, other));

        Tensor?[] allocated = [null];
        binding.Run([other, other], allocated);
        using var first = allocated[0];
        allocated[0] = null;
        binding.Run([a, a], allocated);
        using var second = allocated[0];
        Assert.Equal([49, 64, 81], first!.AsSpan<float>().ToArray());
        Assert.Equal([25, 4, 9], second!.AsSpan<float>().ToArray());

        float[] Product(Tensor x, Tensor y)
        {
            binding.Run([x, y], [product]);
            return product.AsSpan<float>().ToArray();
        }
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

        public float Run(Session session, CancellationToken stop = default)
        {
            using var binding = new Binding(session);
            binding.Run([trips, Start], [result], stop);
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
