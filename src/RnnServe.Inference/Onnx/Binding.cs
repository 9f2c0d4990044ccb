using Microsoft.ML.OnnxRuntime;

namespace RnnServe.Inference.Onnx;

/// <summary>A session with the tensors of its runs: what is the same as in the run before is not named to ONNX Runtime again.</summary>
/// <remarks>Runs over the same tensors in the same shapes allocate nothing on the managed heap. One thread at a time.</remarks>
internal sealed class Binding : IDisposable
{
    private static readonly RunOptions Unstoppable = new(), Releasing = new();

    private readonly Session session;
    private readonly OrtIoBinding native;
    private readonly string[] inputs;
    private readonly string[] outputs;
    private readonly OrtValue?[] bound;   // inputs, then outputs

    static Binding() => Releasing.AddRunConfigEntry("memory.enable_memory_arena_shrinkage", "cpu:0");

    /// <param name="session">The graph.</param>
    /// <param name="wanted">Which of its outputs: indexes into <see cref="Session.Outputs"/>. Empty: all.</param>
    public Binding(Session session, params int[] wanted)
    {
        this.session = session;
        inputs = [.. session.Inputs.Select(input => input.Name)];
        outputs = [.. wanted.Length == 0 ? session.Outputs.Select(o => o.Name) : wanted.Select(i => session.Outputs[i].Name)];
        bound = new OrtValue?[inputs.Length + outputs.Length];
        var graph = session.Hold();
        try
        {
            native = graph.CreateIoBinding();
        }
        finally
        {
            session.LetGo();
        }
    }

    /// <summary>Whether a run that cannot be stopped gives free memory back to the system.</summary>
    public bool Releases { get; init; }

    /// <summary>Runs the graph.</summary>
    /// <param name="given">A tensor for each of <see cref="Session.Inputs"/>, in that order.</param>
    /// <param name="results">
    /// An entry for each wanted output: a tensor of exactly the right shape is filled in place; null is replaced by a new tensor, the
    /// caller's. An output must not share memory with an input.
    /// </param>
    /// <param name="cancellation">Stops the run within milliseconds.</param>
    /// <exception cref="OnnxRuntimeException">A type or shape does not fit, or an operator failed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was requested.</exception>
    public void Run(ReadOnlySpan<Tensor> given, Span<Tensor?> results, CancellationToken cancellation = default)
    {
        if (given.Length != inputs.Length || results.Length != outputs.Length)
        {
            throw new ArgumentException(
                $"{inputs.Length} inputs and {outputs.Length} outputs are wanted, not {given.Length} and {results.Length}.");
        }

        var graph = session.Hold();
        int held = 0;
        try
        {
            while (held < bound.Length)
            {
                var tensor = held < inputs.Length
                    ? given[held] ?? throw new ArgumentNullException(nameof(given))
                    : results[held - inputs.Length];
                var value = tensor?.Hold();
                Bind(held++, value);
            }

            Invoke(graph, cancellation);
        }
        finally
        {
            while (--held >= 0)
                (held < inputs.Length ? given[held] : results[held - inputs.Length])?.LetGo();
            session.LetGo();
        }

        if (!results.Contains(null))
            return;
        using var values = native.GetOutputValues();
        for (int i = 0; i < results.Length; i++)
            results[i] ??= Tensor.Copy(values[i]);
    }

    public void Dispose() => native.Dispose();

    private void Bind(int slot, OrtValue? value)
    {
        if (slot < inputs.Length && (value != bound[slot] || session.CopiesInputs))
            native.BindInput(inputs[slot], value);
        else if (slot >= inputs.Length && value is null)
            native.BindOutputToDevice(outputs[slot - inputs.Length], OrtMemoryInfo.DefaultInstance);
        else if (slot >= inputs.Length && value != bound[slot])
            native.BindOutput(outputs[slot - inputs.Length], value);
        bound[slot] = value;
    }

    private void Invoke(InferenceSession graph, CancellationToken cancellation)
    {
        if (!cancellation.CanBeCanceled)
        {
            graph.RunWithBinding(Releases ? Releasing : Unstoppable, native);
            return;
        }

        using var options = new RunOptions();
        using var registration = cancellation.UnsafeRegister(static stopped => ((RunOptions)stopped!).Terminate = true, options);
        try
        {
            graph.RunWithBinding(options, native);
        }
        catch (OnnxRuntimeException error) when (cancellation.IsCancellationRequested)
        {
            // ONNX Runtime has two messages for it and no code.
            throw new OperationCanceledException("The run was stopped.", error, cancellation);
        }
    }
}
