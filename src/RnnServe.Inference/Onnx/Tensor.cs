using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace RnnServe.Inference.Onnx;

/// <summary>Numbers in native memory, in row-major order, that a <see cref="Session"/> reads and writes in place.</summary>
/// <remarks>
/// An <see cref="OrtValue"/> has one shape for good; this keeps its memory while its rows change, and frees it when no run uses it any
/// more. Writing it, by a run or through <see cref="AsSpan{T}"/>, is the caller's to order; keep the tensor while a span of it is in use.
/// </remarks>
internal sealed unsafe class Tensor : SafeHandle
{
    private const nuint Alignment = 64;   // a cache line, and the widest vector register

    private readonly Lock gate = new();
    private OrtValue value;
    private long[] shape;
    private int users;

    private Tensor(ElementType type, long[] shape)
        : base(0, ownsHandle: true)
    {
        (Type, this.shape, Length) = (type, shape, Elements(shape));
        Capacity = Length;
        nuint bytes = Math.Max((nuint)Bytes, 1);
        SetHandle((nint)NativeMemory.AlignedAlloc(bytes, Alignment));
        NativeMemory.Clear((void*)handle, bytes);
        value = Describe();
    }

    public override bool IsInvalid => handle == 0;

    public ElementType Type { get; }

    /// <summary>Size of each dimension; empty for a scalar.</summary>
    public ReadOnlySpan<long> Shape => shape;

    /// <summary>Elements of the current shape.</summary>
    public long Length { get; private set; }

    /// <summary>Elements that the memory can hold: the most that <see cref="Reshape"/> allows.</summary>
    public long Capacity { get; }

    private long Bytes => TensorBase.GetElementTypeInfo(Type) is { IsString: false } known
        ? checked(Length * known.TypeSize)
        : throw new NotSupportedException($"Tensors of {Type} are not supported.");

    /// <summary>Makes a tensor of zeros.</summary>
    public static Tensor Allocate(ElementType type, params ReadOnlySpan<long> shape) => new(type, shape.ToArray());

    /// <summary>Makes a tensor with a copy of <paramref name="data"/>, as many elements as the shape has.</summary>
    public static Tensor Copy<T>(ReadOnlySpan<T> data, params ReadOnlySpan<long> shape) where T : unmanaged
    {
        if (Elements(shape) != data.Length)
            throw new ArgumentException($"The shape {Text(shape)} does not have {data.Length} elements.", nameof(data));
        var tensor = Allocate(TypeOf<T>(), shape);
        data.CopyTo(tensor.AsSpan<T>());
        return tensor;
    }

    /// <summary>Makes a tensor with a copy of what ONNX Runtime allocated.</summary>
    public static Tensor Copy(OrtValue result)
    {
        var facts = result.GetTensorTypeAndShape();
        var tensor = Allocate(facts.ElementDataType, facts.Shape);
        result.GetTensorMutableRawData().CopyTo(new((void*)tensor.handle, checked((int)tensor.Bytes)));
        return tensor;
    }

    /// <summary>The elements of the current shape, in place; 16-bit floats also as their bits.</summary>
    public Span<T> AsSpan<T>() where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        if (TypeOf<T>() != Type && !(typeof(T) == typeof(ushort) && Type is ElementType.Float16 or ElementType.BFloat16))
            throw new InvalidOperationException($"The tensor's elements are {Type}, not {typeof(T).Name}.");
        return new Span<T>((void*)handle, checked((int)Length));
    }

    /// <summary>Gives the same memory another shape, of <see cref="Capacity"/> elements at most; elements keep their place in
    /// memory.</summary>
    /// <exception cref="InvalidOperationException">A run uses the tensor now.</exception>
    public void Reshape(params ReadOnlySpan<long> shape)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        if (shape.SequenceEqual(this.shape))
            return;
        long elements = Elements(shape);
        if (elements > Capacity)
            throw new ArgumentException($"The shape {Text(shape)} needs {elements} elements; the tensor holds {Capacity}.", nameof(shape));
        lock (gate)
        {
            if (users > 0)
                throw new InvalidOperationException("The tensor cannot be reshaped while a run uses it.");
            value.Dispose();
            (this.shape, Length) = (shape.ToArray(), elements);
            value = Describe();
        }
    }

    /// <summary>Keeps the tensor as it is until <see cref="LetGo"/>.</summary>
    public OrtValue Hold()
    {
        bool held = false;
        DangerousAddRef(ref held);
        lock (gate)
        {
            users++;
            return value;
        }
    }

    /// <summary>Ends what <see cref="Hold"/> began.</summary>
    public void LetGo()
    {
        lock (gate)
            users--;
        DangerousRelease();
    }

    protected override bool ReleaseHandle()
    {
        value?.Dispose();
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }

    // Half is not in the package's table, and float is asked for in every loop.
    private static ElementType TypeOf<T>() where T : unmanaged =>
        typeof(T) == typeof(float) ? ElementType.Float
        : typeof(T) == typeof(Half) ? ElementType.Float16
        : TensorBase.GetTypeInfo(typeof(T))?.ElementType ?? throw new NotSupportedException($"No tensor has elements of {typeof(T)}.");

    private static long Elements(ReadOnlySpan<long> shape)
    {
        long elements = 1;
        foreach (long size in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(shape));
            elements = checked(elements * size);
        }

        return elements;
    }

    private static string Text(ReadOnlySpan<long> shape) => $"[{string.Join(',', shape.ToArray())}]";

    private OrtValue Describe() => OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, Type, shape, handle, Bytes);
}
