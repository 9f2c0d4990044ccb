using RnnServe.OnnxRuntime.Interop;

namespace RnnServe.OnnxRuntime;

/// <summary>Numbers in memory, in row-major order, that a <see cref="Session"/> reads and writes in place.</summary>
/// <remarks>
/// Many runs may read one tensor at once; writing it, whether by a run or through <see cref="AsSpan{T}"/>, is the caller's to order.
/// A span ends with its tensor: keep the tensor (and do not dispose it) while a span over it is in use.
/// </remarks>
public sealed unsafe class Tensor : IDisposable
{
    private readonly TensorHandle native;
    private readonly bool ownedByRuntime;
    private long[] shape;   // the first rank entries are the shape; kept when the rank shrinks, so that Reshape allocates nothing
    private int rank;

    private Tensor(TensorHandle native, ElementType type, ReadOnlySpan<long> shape, long capacity, bool ownedByRuntime = false)
    {
        this.native = native;
        this.ownedByRuntime = ownedByRuntime;
        this.shape = shape.ToArray();
        rank = shape.Length;
        Type = type;
        Length = TensorShape.Elements(shape);
        Capacity = capacity;
    }

    /// <summary>Type of the elements.</summary>
    public ElementType Type { get; }

    /// <summary>Size of each dimension; empty for a scalar.</summary>
    public ReadOnlySpan<long> Shape => shape.AsSpan(0, rank);

    /// <summary>Elements of the current shape.</summary>
    public long Length { get; private set; }

    /// <summary>Elements that the memory can hold: the most that <see cref="Reshape"/> allows.</summary>
    public long Capacity { get; }

    /// <summary>The binding's own handle, for <see cref="Session"/>.</summary>
    internal TensorHandle Native => native;

    /// <summary>Makes a tensor of zeros in native memory, aligned to 64 bytes.</summary>
    /// <exception cref="NotSupportedException"><paramref name="type"/> is <see cref="ElementType.String"/>.</exception>
    public static Tensor Allocate(ElementType type, params ReadOnlySpan<long> shape)
    {
        long elements = TensorShape.Elements(shape);
        nuint bytes = checked((nuint)elements * (nuint)ElementTypes.Size(type));
        var native = new TensorHandle();
        try
        {
            native.Allocate(bytes);
            native.Describe(type, shape, bytes);
            return new Tensor(native, type, shape, elements);
        }
        catch
        {
            native.Dispose();
            throw;
        }
    }

    /// <summary>Makes a tensor over an array, without a copy; the array stays pinned until <see cref="Dispose"/>.</summary>
    /// <exception cref="ArgumentException">The array is too short for the shape.</exception>
    public static Tensor Wrap<T>(T[] data, params ReadOnlySpan<long> shape) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(data);
        var type = ElementTypes.Of<T>();
        long elements = TensorShape.Elements(shape);
        if (elements > data.Length)
        {
            throw new ArgumentException(
                $"The shape {TensorShape.Text(shape)} needs {elements} elements; the array has {data.Length}.", nameof(data));
        }

        var native = new TensorHandle();
        try
        {
            native.Pin(data);
            native.Describe(type, shape, (nuint)elements * (nuint)sizeof(T));
            return new Tensor(native, type, shape, data.Length);
        }
        catch
        {
            native.Dispose();
            throw;
        }
    }

    /// <summary>Makes a tensor in native memory with a copy of <paramref name="data"/>.</summary>
    /// <exception cref="ArgumentException">The data has not exactly the shape's number of elements.</exception>
    public static Tensor Copy<T>(ReadOnlySpan<T> data, params ReadOnlySpan<long> shape) where T : unmanaged
    {
        if (TensorShape.Elements(shape) != data.Length)
            throw new ArgumentException($"The shape {TensorShape.Text(shape)} does not have {data.Length} elements.", nameof(data));
        var tensor = Allocate(ElementTypes.Of<T>(), shape);
        data.CopyTo(tensor.AsSpan<T>());
        return tensor;
    }

    /// <summary>The elements of the current shape, in place.</summary>
    /// <exception cref="InvalidOperationException">The elements are not of type <typeparamref name="T"/>.</exception>
    public Span<T> AsSpan<T>() where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(native.IsClosed, this);
        if (!ElementTypes.Matches<T>(Type)) throw new InvalidOperationException($"The tensor's elements are {Type}, not {typeof(T).Name}.");
        return new Span<T>(native.Data, checked((int)Length));
    }

    /// <summary>Gives the same memory another shape; elements keep their place in memory. Allocates nothing on the managed heap.</summary>
    /// <exception cref="ArgumentException">The shape needs more than <see cref="Capacity"/> elements.</exception>
    /// <exception cref="InvalidOperationException">A run uses the tensor now, or ONNX Runtime allocated it.</exception>
    public void Reshape(params ReadOnlySpan<long> shape)
    {
        ObjectDisposedException.ThrowIf(native.IsClosed, this);
        if (ownedByRuntime) throw new InvalidOperationException("A tensor that ONNX Runtime allocated cannot be reshaped.");
        if (shape.SequenceEqual(Shape)) return;
        long elements = TensorShape.Elements(shape);
        if (elements > Capacity)
        {
            throw new ArgumentException(
                $"The shape {TensorShape.Text(shape)} needs {elements} elements; the tensor holds {Capacity}.", nameof(shape));
        }

        if (shape.Length > this.shape.Length) Array.Resize(ref this.shape, shape.Length);
        native.Describe(Type, shape, (nuint)elements * (nuint)ElementTypes.Size(Type));
        shape.CopyTo(this.shape);
        rank = shape.Length;
        Length = elements;
    }

    /// <summary>Frees the memory, or unpins the array; while a run uses the tensor, as soon as that run ends.</summary>
    public void Dispose() => native.Dispose();

    /// <summary>Takes over a value that ONNX Runtime allocated; releases it if this fails.</summary>
    internal static Tensor Adopt(nint value)
    {
        var native = new TensorHandle();
        try
        {
            native.Adopt(value);
            var (type, shape) = NativeTypes.OfValue(value);
            return new Tensor(native, type, shape, TensorShape.Elements(shape), ownedByRuntime: true);
        }
        catch
        {
            native.Dispose();
            throw;
        }
    }
}
