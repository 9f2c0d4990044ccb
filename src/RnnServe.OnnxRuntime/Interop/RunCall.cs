using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnServe.OnnxRuntime.Interop;

/// <summary>The arguments of one native run, and what is held until it returns.</summary>
internal unsafe ref struct RunCall
{
    /// <summary>Pointers that fit on the stack; more are put into native memory.</summary>
    internal const int OnStack = 128;

    private readonly nint* heap;
    private readonly nint* inputs;
    private readonly nint* outputs;
    private readonly byte** names;
    private readonly int inputCount;
    private readonly int outputCount;
    private SessionHandle? session;
    private RunOptions? options;
    private nint nativeOptions;
    private int heldInputs;
    private int heldOutputs;

    /// <param name="inputCount">Number of inputs.</param>
    /// <param name="outputCount">Number of outputs.</param>
    /// <param name="stack">Memory of the caller's stack frame.</param>
    internal RunCall(int inputCount, int outputCount, Span<nint> stack)
    {
        this.inputCount = inputCount;
        this.outputCount = outputCount;
        int pointers = inputCount + 2 * outputCount;
        if (pointers > stack.Length) heap = (nint*)NativeMemory.Alloc((nuint)pointers, (nuint)sizeof(nint));
        inputs = heap is not null ? heap : (nint*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(stack));
        outputs = inputs + inputCount;
        names = (byte**)(outputs + outputCount);
    }

    /// <summary>Keeps the session and the options alive.</summary>
    internal void Hold(SessionHandle session, RunOptions? options)
    {
        bool referenced = false;
        session.DangerousAddRef(ref referenced);
        this.session = session;
        if (options is null) return;
        referenced = false;
        nativeOptions = options.Acquire(ref referenced);
        this.options = options;
    }

    /// <summary>Keeps the inputs as they are.</summary>
    internal void HoldInputs(ReadOnlySpan<Tensor> tensors)
    {
        for (; heldInputs < tensors.Length; heldInputs++)
        {
            ArgumentNullException.ThrowIfNull(tensors[heldInputs], nameof(inputs));
            inputs[heldInputs] = tensors[heldInputs].Native.Acquire();
        }
    }

    /// <summary>Keeps the given outputs as they are, and finds the names of all; empty indexes mean the graph's order.</summary>
    internal void HoldOutputs(ReadOnlySpan<Tensor?> tensors, ReadOnlySpan<int> indexes)
    {
        for (; heldOutputs < tensors.Length; heldOutputs++)
        {
            names[heldOutputs] = session!.OutputNames[indexes.IsEmpty ? heldOutputs : indexes[heldOutputs]];
            outputs[heldOutputs] = tensors[heldOutputs]?.Native.Acquire() ?? 0;
        }
    }

    /// <summary>Runs.</summary>
    internal readonly void Invoke()
    {
        var status = NativeApi.Run(
            session!.Value, nativeOptions, session.InputNames, inputs, (nuint)inputCount, names, (nuint)outputCount, outputs);
        if (status == 0) return;

        var error = NativeApi.TakeError(status);
        if (options is { IsTerminated: true } && error.Code is OnnxRuntimeErrorCode.Fail or OnnxRuntimeErrorCode.RuntimeException)
            throw new OperationCanceledException("The run was terminated.", error);
        throw error;
    }

    /// <summary>Turns the outputs that ONNX Runtime allocated into tensors of the caller.</summary>
    internal void TakeOutputs(Span<Tensor?> tensors)
    {
        ReleaseOutputs(tensors);   // first, while null still tells which ones are new
        int taken = 0;
        try
        {
            for (; taken < outputCount; taken++) tensors[taken] ??= Tensor.Adopt(outputs[taken]);
        }
        catch
        {
            for (int i = taken + 1; i < outputCount; i++)
            {
                if (tensors[i] is null) NativeApi.ReleaseValue(outputs[i]);
            }

            throw;
        }
    }

    /// <summary>Lets go of everything that is still held.</summary>
    internal void Release(ReadOnlySpan<Tensor> inputTensors, ReadOnlySpan<Tensor?> outputTensors)
    {
        ReleaseOutputs(outputTensors);
        while (heldInputs > 0) inputTensors[--heldInputs].Native.Release();
        options?.Release();
        session?.DangerousRelease();
        NativeMemory.Free(heap);
    }

    private void ReleaseOutputs(ReadOnlySpan<Tensor?> tensors)
    {
        while (heldOutputs > 0) tensors[--heldOutputs]?.Native.Release();
    }
}
