using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RnnServe.Inference.Onnx;

namespace RnnServe.Tests.Onnx;

public sealed class TensorTests
{
    [Fact]
    public void Elements_of_every_type_pass_through_a_model_unchanged()
    {
        PassThrough<float>(ElementType.Float, [float.MinValue, -0f, float.Epsilon]);
        PassThrough<byte>(ElementType.UInt8, [0, 127, 255]);
        PassThrough<sbyte>(ElementType.Int8, [-128, 0, 127]);
        PassThrough<ushort>(ElementType.UInt16, [0, 32768, 65535]);
        PassThrough<short>(ElementType.Int16, [-32768, 0, 32767]);
        PassThrough<int>(ElementType.Int32, [int.MinValue, 0, int.MaxValue]);
        PassThrough<long>(ElementType.Int64, [long.MinValue, 0, long.MaxValue]);
        PassThrough<bool>(ElementType.Bool, [true, false, true]);
        PassThrough<Half>(ElementType.Float16, [Half.MinValue, (Half)0.1f, Half.Epsilon]);
        PassThrough<double>(ElementType.Double, [double.MinValue, 0.1, double.Epsilon]);
        PassThrough<uint>(ElementType.UInt32, [0, 1u << 31, uint.MaxValue]);
        PassThrough<ulong>(ElementType.UInt64, [0, 1ul << 63, ulong.MaxValue]);
    }

    [Theory]
    [InlineData(ElementType.Float16)]
    [InlineData(ElementType.BFloat16)]
    public void Sixteen_bit_floats_can_be_given_as_bits(ElementType type)
    {
        ushort[] bits = [0x3f80, 0x0001, 0xc000];
        using var session = new Session(TinyModels.Identity(type));
        using var x = Tensor.Allocate(type, 1, 3);
        using var y = Tensor.Allocate(type, 1, 3);
        bits.CopyTo(x.AsSpan<ushort>());

        session.Run([x], [y]);

        Assert.Equal(bits, y.AsSpan<ushort>().ToArray());
    }

    [Fact]
    public void Every_declared_element_type_but_text_can_be_allocated()
    {
        ElementType[] sized =
        [
            ElementType.Float, ElementType.UInt8, ElementType.Int8, ElementType.UInt16, ElementType.Int16, ElementType.Int32, ElementType.Int64,
            ElementType.Bool, ElementType.Float16, ElementType.Double, ElementType.UInt32, ElementType.UInt64, ElementType.BFloat16,
        ];
        foreach (var type in sized)
        {
            using var tensor = Tensor.Allocate(type, 2, 2);
            Assert.Equal(4, tensor.Length);
        }

        Assert.Throws<NotSupportedException>(() => Tensor.Allocate(ElementType.String, 1));
        Assert.Throws<NotSupportedException>(() => Tensor.Allocate(ElementType.Complex64, 1));
        Assert.Throws<NotSupportedException>(() => Tensor.Copy<Guid>(new Guid[1], 1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(100_003)]
    public void Allocated_memory_is_zero_and_aligned_to_a_cache_line(int length)
    {
        using var tensor = Tensor.Allocate(ElementType.UInt8, length);

        Assert.False(tensor.AsSpan<byte>().ContainsAnyExcept((byte)0));
        Assert.Equal(0, Address(tensor.AsSpan<byte>()) % 64);
    }

    [Fact]
    public void Reshaping_keeps_the_memory_and_its_capacity()
    {
        using var tensor = Tensor.Copy<int>([1, 2, 3, 4, 5, 6], 6);

        tensor.Reshape(1, 2, 1, 2);
        Assert.Equal([1, 2, 1, 2], tensor.Shape.ToArray());
        Assert.Equal([1, 2, 3, 4], tensor.AsSpan<int>().ToArray());

        tensor.Reshape();
        Assert.Equal(0, tensor.Shape.Length);
        Assert.Equal([1], tensor.AsSpan<int>().ToArray());

        tensor.Reshape(0, 5);
        Assert.Equal(0, tensor.Length);

        tensor.Reshape(2, 3);
        Assert.Equal([1, 2, 3, 4, 5, 6], tensor.AsSpan<int>().ToArray());
        Assert.Equal(6, tensor.Capacity);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused_and_change_nothing()
    {
        using var tensor = Tensor.Allocate(ElementType.Float, 2, 3);

        Assert.Throws<ArgumentException>(() => tensor.Reshape(7));
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor.Reshape(-1, 3));
        Assert.Throws<OverflowException>(() => tensor.Reshape(long.MaxValue, 2));
        Assert.Throws<OutOfMemoryException>(() => Tensor.Allocate(ElementType.Float, long.MaxValue / 8));
        Assert.Throws<ArgumentException>(() => Tensor.Copy<float>([1, 2], 3));
        Assert.Equal([2, 3], tensor.Shape.ToArray());
        Assert.Equal(6, tensor.AsSpan<float>().Length);
    }

    [Fact]
    public void Elements_cannot_be_read_as_another_type()
    {
        using var tensor = Tensor.Allocate(ElementType.Float, 2);

        Assert.Throws<InvalidOperationException>(() => tensor.AsSpan<int>().Length);
        Assert.Throws<InvalidOperationException>(() => tensor.AsSpan<ushort>().Length);
    }

    [Fact]
    public void A_disposed_tensor_says_so()
    {
        var tensor = Tensor.Allocate(ElementType.Float, 1, 3);
        tensor.Dispose();
        tensor.Dispose();
        using var session = new Session(TinyModels.Identity(ElementType.Float));

        Assert.Throws<ObjectDisposedException>(() => tensor.AsSpan<float>().Length);
        Assert.Throws<ObjectDisposedException>(() => tensor.Reshape(3));
        Assert.Throws<ObjectDisposedException>(() => session.Run([tensor], new Tensor?[1]));
    }

    [Fact]
    public void A_result_that_the_runtime_allocated_outlives_its_session()
    {
        var outputs = new Tensor?[1];
        using (var session = new Session(TinyModels.Identity(ElementType.Float)))
        {
            using var x = Tensor.Copy<float>([1, 2, 3], 1, 3);
            session.Run([x], outputs);
        }

        using var y = outputs[0]!;
        Assert.Equal([1f, 2f, 3f], y.AsSpan<float>().ToArray());
        Assert.Equal([1, 3], y.Shape.ToArray());
    }

    private static void PassThrough<T>(ElementType type, T[] values) where T : unmanaged
    {
        using var session = new Session(TinyModels.Identity(type));
        using var copied = Tensor.Copy<T>(values, 1, 3);
        using var given = Tensor.Allocate(type, 1, 3);
        var allocated = new Tensor?[1];

        session.Run([copied], [given]);
        session.Run([given], allocated);

        using var last = allocated[0]!;
        Assert.Equal(type, session.Inputs[0].Type);
        Assert.Equal(type, copied.Type);
        Assert.Equal(type, last.Type);
        Assert.Equal(values, last.AsSpan<T>().ToArray());
    }

    private static unsafe nint Address<T>(Span<T> span) where T : unmanaged => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(span));
}
