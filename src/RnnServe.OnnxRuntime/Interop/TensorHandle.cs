using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnServe.OnnxRuntime.Interop;

/// <summary>
/// Owns a tensor's OrtValue and its memory: a native block, the pin of a managed array, or neither where ONNX Runtime owns it.
/// </summary>
internal sealed unsafe class TensorHandle() : SafeHandle(invalidHandleValue: 0, ownsHandle: true)
{
    private const nuint Alignment = 64;   // a cache line, and the widest vector register

    private const int Exclusive = -1;

    private void* block;
    private nint pin;

    // Runs that read or write the tensor now, or Exclusive while its OrtValue is replaced.
    private int users;

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0 && block is null && pin == 0;

    /// <summary>First byte of the elements.</summary>
    internal void* Data { get; private set; }

    /// <summary>Takes a zeroed block of native memory.</summary>
    internal void Allocate(nuint bytes)
    {
        bytes = Math.Max(bytes, 1);
        Data = block = NativeMemory.AlignedAlloc(bytes, Alignment);
        NativeMemory.Clear(block, bytes);
    }

    /// <summary>Keeps a managed array in its place.</summary>
    internal void Pin<T>(T[] data) where T : unmanaged
    {
        pin = PinnedGCHandle<T[]>.ToIntPtr(new PinnedGCHandle<T[]>(data));
        Data = Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(data));
    }

    /// <summary>Takes over an OrtValue that has its own memory.</summary>
    internal void Adopt(nint value)
    {
        SetHandle(value);
        void* data;
        NativeApi.Check(NativeApi.GetTensorData(value, &data));
        Data = data;
    }

    /// <summary>Describes the memory as a tensor of this type and shape, in place of what it was before.</summary>
    internal void Describe(ElementType type, ReadOnlySpan<long> shape, nuint bytes)
    {
        bool referenced = false;
        DangerousAddRef(ref referenced);
        try
        {
            if (Interlocked.CompareExchange(ref users, Exclusive, 0) != 0)
                throw new InvalidOperationException("The tensor cannot be reshaped while a run uses it.");

            // A scalar's shape is empty, and the C API wants a pointer all the same.
            long none = 0;
            nint value;
            fixed (long* dimensions = shape)
            {
                var status = NativeApi.CreateTensor(
                    OnnxEnvironment.Memory.Value, Data, bytes,
                    dimensions is null ? &none : dimensions, (nuint)shape.Length, (int)type, &value);
                if (status == 0) NativeApi.ReleaseValue(Interlocked.Exchange(ref handle, value));
                Volatile.Write(ref users, 0);
                NativeApi.Check(status);
            }
        }
        finally
        {
            if (referenced) DangerousRelease();
        }
    }

    /// <summary>Keeps the tensor as it is until <see cref="Release"/>, and returns its OrtValue.</summary>
    internal nint Acquire()
    {
        bool referenced = false;
        DangerousAddRef(ref referenced);
        int seen = Volatile.Read(ref users);
        while (seen != Exclusive)
        {
            int before = Interlocked.CompareExchange(ref users, seen + 1, seen);
            if (before == seen) return handle;
            seen = before;
        }

        DangerousRelease();
        throw new InvalidOperationException("The tensor is being reshaped by another thread.");
    }

    /// <summary>Ends what <see cref="Acquire"/> began.</summary>
    internal void Release()
    {
        Interlocked.Decrement(ref users);
        DangerousRelease();
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeApi.ReleaseValue(handle);
        NativeMemory.AlignedFree(block);
        if (pin != 0) PinnedGCHandle<object>.FromIntPtr(pin).Dispose();
        return true;
    }
}
