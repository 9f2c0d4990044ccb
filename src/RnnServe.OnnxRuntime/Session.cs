using System.Runtime.CompilerServices;
using RnnServe.OnnxRuntime.Interop;

namespace RnnServe.OnnxRuntime;

/// <summary>A loaded model. Many threads may run it at once.</summary>
public sealed unsafe class Session : IDisposable
{
    private readonly SessionHandle native;

    /// <summary>Loads a model file.</summary>
    /// <exception cref="OnnxRuntimeException">The file is missing or is not a valid model.</exception>
    /// <exception cref="NotSupportedException">An input or an output is not a tensor.</exception>
    public Session(string path, SessionOptions? options = null)
        : this(SessionHandle.Open(path, options ?? new SessionOptions()))
    {
    }

    /// <summary>Loads a model from its bytes, which are not needed afterwards.</summary>
    /// <inheritdoc cref="Session(string, SessionOptions?)"/>
    public Session(ReadOnlySpan<byte> model, SessionOptions? options = null)
        : this(SessionHandle.Open(model, options ?? new SessionOptions()))
    {
    }

    private Session(SessionHandle native)
    {
        this.native = native;
        try
        {
            Inputs = NativeTypes.Inputs(native.Value);
            Outputs = NativeTypes.Outputs(native.Value);
            native.KeepNames([.. Inputs.Select(input => input.Name)], [.. Outputs.Select(output => output.Name)]);
        }
        catch
        {
            native.Dispose();
            throw;
        }
    }

    /// <summary>The model's inputs, in the graph's order.</summary>
    public IReadOnlyList<ValueInfo> Inputs { get; }

    /// <summary>The model's outputs, in the graph's order.</summary>
    public IReadOnlyList<ValueInfo> Outputs { get; }

    /// <summary>Runs the model for all outputs.</summary>
    /// <param name="inputs">One tensor for each of <see cref="Inputs"/>, in that order.</param>
    /// <param name="outputs">
    /// One entry for each of <see cref="Outputs"/>: a tensor of exactly the right shape is filled in place; null is replaced by a
    /// tensor that ONNX Runtime allocates and the caller disposes. An output must not share memory with an input.
    /// </param>
    /// <param name="options">What can stop the run; null for nothing.</param>
    /// <exception cref="OnnxRuntimeException">A type or shape does not fit, or an operator failed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="options"/> stopped the run.</exception>
    /// <remarks>Allocates nothing on the managed heap when every output is given.</remarks>
    public void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs, RunOptions? options = null)
    {
        if (outputs.Length != Outputs.Count)
            throw new ArgumentException($"The model has {Outputs.Count} outputs; {outputs.Length} were given.", nameof(outputs));
        RunOnce(inputs, default, outputs, options);
    }

    /// <summary>Runs the model for some of its outputs.</summary>
    /// <param name="inputs">One tensor for each of <see cref="Inputs"/>, in that order.</param>
    /// <param name="outputIndexes">Which outputs are wanted: indexes into <see cref="Outputs"/>.</param>
    /// <param name="outputs">One entry for each index.</param>
    /// <param name="options">What can stop the run; null for nothing.</param>
    /// <inheritdoc cref="Run(ReadOnlySpan{Tensor}, Span{Tensor?}, RunOptions?)"/>
    public void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<int> outputIndexes, Span<Tensor?> outputs, RunOptions? options = null)
    {
        if (outputIndexes.IsEmpty || outputs.Length != outputIndexes.Length)
            throw new ArgumentException($"{outputIndexes.Length} outputs were chosen; {outputs.Length} were given.", nameof(outputs));
        foreach (int index in outputIndexes)
        {
            if ((uint)index >= (uint)Outputs.Count)
                throw new ArgumentOutOfRangeException(nameof(outputIndexes), index, $"The model has {Outputs.Count} outputs.");
        }

        RunOnce(inputs, outputIndexes, outputs, options);
    }

    /// <summary>Releases the model, after the runs that are under way.</summary>
    public void Dispose() => native.Dispose();

    // Empty outputIndexes: all outputs.
    [SkipLocalsInit]
    private void RunOnce(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<int> outputIndexes, Span<Tensor?> outputs, RunOptions? options)
    {
        if (inputs.Length != Inputs.Count)
            throw new ArgumentException($"The model has {Inputs.Count} inputs; {inputs.Length} were given.", nameof(inputs));

        var call = new RunCall(inputs.Length, outputs.Length, stackalloc nint[RunCall.OnStack]);
        try
        {
            call.Hold(native, options);
            call.HoldInputs(inputs);
            call.HoldOutputs(outputs, outputIndexes);
            call.Invoke();
            call.TakeOutputs(outputs);
        }
        finally
        {
            call.Release(inputs, outputs);
        }
    }
}
