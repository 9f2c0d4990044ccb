using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Graphs;

namespace RnnServe.Tests.Onnx;

/// <summary>What sessions, tensors and bindings take from the managed heap and from the system; alone, because other tests use memory too.</summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests
{
    [Fact]
    public void A_run_on_given_tensors_allocates_nothing_on_the_managed_heap()
    {
        using var session = new Session(TinyModels.SumAndProduct());
        using var a = Tensor.Allocate(ElementType.Float, 2, 3);
        using var b = Tensor.Allocate(ElementType.Float, 2, 3);
        using var sum = Tensor.Allocate(ElementType.Float, 2, 3);
        using var product = Tensor.Allocate(ElementType.Float, 2, 3);
        using var all = new Binding(session);
        using var second = new Binding(session, 1);

        Tensor[] inputs = [a, b];
        Tensor?[] outputs = [sum, product];
        Tensor?[] chosen = [product];

        Assert.Equal(0, AllocatedBy(() => all.Run(inputs, outputs)));
        Assert.Equal(0, AllocatedBy(() => second.Run(inputs, chosen)));
    }

    [Fact]
    public void A_wide_run_allocates_nothing_on_the_managed_heap()
    {
        using var session = new Session(TinyModels.Wide(200));
        Tensor[] inputs = [.. Enumerable.Range(0, 200).Select(_ => Tensor.Allocate(ElementType.Float))];
        Tensor?[] outputs = [.. Enumerable.Range(0, 201).Select(_ => Tensor.Allocate(ElementType.Float))];

        using var binding = new Binding(session);

        Assert.Equal(0, AllocatedBy(() => binding.Run(inputs, outputs)));

        foreach (var tensor in inputs.Concat(outputs)) tensor!.Dispose();
    }

    [Fact]
    public void A_shape_that_stays_the_same_allocates_nothing_on_the_managed_heap()
    {
        using var tensor = Tensor.Allocate(ElementType.Float, 4, 3);
        int rows = 4;   // constants alone would allocate in an unoptimised build of the test

        Assert.Equal(0, AllocatedBy(() => tensor.Reshape(rows, 3)));
    }

    [Fact]
    public void Reshaping_and_binding_anew_leave_no_memory_behind()
    {
        using var session = new Session(TinyModels.Identity(ElementType.Float));
        using var binding = new Binding(session);
        using var x = Tensor.Allocate(ElementType.Float, 4, 3);
        using var y = Tensor.Allocate(ElementType.Float, 4, 3);

        AssertGrowsLess(Reshape, warmUp: 200_000, times: 200_000, allowed: 10 << 20);

        void Reshape(int times)
        {
            for (int i = 0; i < times; i++)
            {
                x.Reshape((i % 4) + 1, 3);
                y.Reshape((i % 4) + 1, 3);
                binding.Run([x], [y]);
            }
        }
    }

    [Fact]
    public void Failing_constructors_and_forgotten_tensors_leave_no_memory_behind()
    {
        var garbage = new byte[4 << 20];
        var sequence = TinyModels.SequenceOutput();   // fails when its session is made already
        using var session = new Session(TinyModels.Identity(ElementType.Float));
        using var wrong = Tensor.Allocate(ElementType.Float, 1, 4);

        AssertGrowsLess(FailAndForget, warmUp: 100, times: 1000, allowed: 20 << 20);

        void FailAndForget(int times)
        {
            for (int i = 0; i < times; i++)
            {
                Assert.Throws<OnnxRuntimeException>(() => new Session(garbage));
                Assert.Throws<NotSupportedException>(() => new Session(sequence));
                Assert.Throws<OnnxRuntimeException>(() => session.Run([wrong], new Tensor?[1]));
                var forgotten = Tensor.Allocate(ElementType.Float, 256 << 10);   // 1 MB, left to the finalizer
                forgotten.AsSpan<float>().Fill(1);
                GC.KeepAlive(forgotten);
                if (i % 20 == 0) Collect();
            }
        }
    }

    [Fact]
    public void A_run_that_releases_memory_leaves_none_with_ONNX_Runtime()
    {
        var x = Value.Input("x", ElementType.Float, "N");
        using var session = new Session(OnnxWriter.Write("squares", [x], [("sum", (x * x).SumAll())]).ToByteArray());
        using var given = Tensor.Allocate(ElementType.Float, 25_000_000);       // the squares take 100 MB
        using var sum = Tensor.Allocate(ElementType.Float);
        using var little = Tensor.Allocate(ElementType.Float, 1);
        session.Run([little], [sum]);       // ONNX Runtime never gives back what it asked for first
        session.Run([given], [sum]);
        long kept = ResidentBytes();

        session.Run([given], [sum], release: true);

        Assert.InRange(kept - ResidentBytes(), 90_000_000, long.MaxValue);
    }

    [Fact]
    public void Failed_runs_leave_no_memory_behind()
    {
        using var session = new Session(TinyModels.Identity(ElementType.Float));
        using var wrong = Tensor.Allocate(ElementType.Float, 1, 4);

        AssertGrowsLess(Fail, warmUp: 10_000, times: 100_000, allowed: 10 << 20);   // an error's text is about 200 bytes

        void Fail(int times)
        {
            for (int i = 0; i < times; i++) Assert.Throws<OnnxRuntimeException>(() => session.Run([wrong], new Tensor?[1]));
        }
    }

    [Fact]
    public void Sessions_and_runs_leave_no_memory_behind()
    {
        var model = TinyModels.SumAndProduct();

        AssertGrowsLess(Use, warmUp: 200, times: 1000, allowed: 20 << 20);

        void Use(int times)
        {
            for (int i = 0; i < times; i++)
            {
                using var session = new Session(model);
                using var a = Tensor.Allocate(ElementType.Float, 1000, 3);
                var outputs = new Tensor?[2];
                session.Run([a, a], outputs);
                foreach (var output in outputs) output!.Dispose();
                Assert.Throws<OnnxRuntimeException>(() => session.Run([a, a], [outputs[0] = Tensor.Allocate(ElementType.Float, 1), null]));
                outputs[0]!.Dispose();
            }
        }
    }

    private static long AllocatedBy(Action action)
    {
        for (int i = 0; i < 200; i++) action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>
    /// What is forgotten takes physical memory in every round of uses. The collector's heap grows too, but in steps: one round without
    /// growth acquits.
    /// </summary>
    private static void AssertGrowsLess(Action<int> use, int warmUp, int times, long allowed)
    {
        use(warmUp);
        long growth = allowed;
        for (int round = 0; round < 4 && growth >= allowed; round++)
        {
            long before = ResidentBytes();
            use(times);
            growth = ResidentBytes() - before;
        }

        Assert.True(growth < allowed, $"{times:N0} uses took {growth:N0} bytes more in each of four rounds.");
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static long ResidentBytes()
    {
        Collect();
        return Environment.WorkingSet;
    }
}
