using Microsoft.ML.OnnxRuntime;
using Microsoft.Win32.SafeHandles;

namespace RnnServe.Inference.Onnx;

/// <summary>What a graph declares about one of its inputs or outputs.</summary>
/// <param name="Name">Name in the graph.</param>
/// <param name="Type">Type of the elements.</param>
/// <param name="Shape">Size of each dimension, -1 where it is known only when running; empty for a scalar and where none is
/// declared.</param>
internal sealed record ValueInfo(string Name, ElementType Type, IReadOnlyList<long> Shape);

/// <summary>A loaded graph. Many threads may run it at once; disposed amid their runs, it is released after the last of them.</summary>
internal sealed class Session : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly InferenceSession native;

    /// <summary>Loads a model file.</summary>
    /// <exception cref="OnnxRuntimeException">The file is missing or is not a valid model.</exception>
    /// <exception cref="NotSupportedException">An input or an output is not a tensor.</exception>
    /// <exception cref="ProviderException">The options' provider cannot be had.</exception>
    public Session(string path, ExecutionOptions? options = null)
        : this(settings => new InferenceSession(path, settings), options ?? new())
    {
    }

    /// <summary>Loads a model from its bytes.</summary>
    /// <inheritdoc cref="Session(string, ExecutionOptions?)"/>
    public Session(byte[] model, ExecutionOptions? options = null)
        : this(settings => new InferenceSession(model, settings), options ?? new())
    {
    }

    /// <summary>Loads a model from its bytes, some of whose weights are in files.</summary>
    /// <param name="model">The model.</param>
    /// <param name="weights">Folder of those files.</param>
    /// <param name="options">How it is run.</param>
    /// <inheritdoc cref="Session(string, ExecutionOptions?)"/>
    public Session(byte[] model, string weights, ExecutionOptions? options = null)
        : this(
            settings =>
            {
                settings.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", weights);
                return new InferenceSession(model, settings);
            },
            options ?? new())
    {
    }

    private Session(Func<SessionOptions, InferenceSession> open, ExecutionOptions options)
        : base(ownsHandle: true)
    {
        using var settings = options.ToNative();
        native = open(settings);
        SetHandle(1);   // ONNX Runtime's own handle is not public; this one only counts who uses it
        CopiesInputs = options.Provider != ExecutionProvider.Cpu;
        Inputs = [.. native.InputNames.Select(name => Describe(name, native.InputMetadata[name]))];
        Outputs = [.. native.OutputNames.Select(name => Describe(name, native.OutputMetadata[name]))];
    }

    /// <summary>The graph's inputs, in its order.</summary>
    public IReadOnlyList<ValueInfo> Inputs { get; }

    /// <summary>The graph's outputs, in its order.</summary>
    public IReadOnlyList<ValueInfo> Outputs { get; }

    /// <summary>Whether runs read copies of their inputs, made when those are bound: so it is on another device.</summary>
    public bool CopiesInputs { get; }

    /// <summary>Runs the graph once for all outputs, as <see cref="Binding.Run"/> does.</summary>
    /// <param name="inputs">A tensor for each of <see cref="Inputs"/>.</param>
    /// <param name="outputs">An entry for each of <see cref="Outputs"/>.</param>
    /// <param name="release">Whether memory that ONNX Runtime keeps for later runs goes back to the system.</param>
    public void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs, bool release = false)
    {
        using var binding = new Binding(this) { Releases = release };
        binding.Run(inputs, outputs);
    }

    /// <summary>Runs a graph that has one output; the tensor is the caller's.</summary>
    public Tensor Run(params ReadOnlySpan<Tensor> inputs)
    {
        Tensor?[] outputs = [null];
        Run(inputs, outputs);
        return outputs[0]!;
    }

    /// <summary>ONNX Runtime's session, kept alive until <see cref="LetGo"/>.</summary>
    public InferenceSession Hold()
    {
        bool held = false;
        DangerousAddRef(ref held);
        return native;
    }

    /// <summary>Ends what <see cref="Hold"/> began.</summary>
    public void LetGo() => DangerousRelease();

    protected override bool ReleaseHandle()
    {
        native.Dispose();
        return true;
    }

    private static ValueInfo Describe(string name, NodeMetadata found) => found.IsTensor
        ? new(name, found.ElementDataType, [.. found.Dimensions.Select(size => (long)size)])
        : throw new NotSupportedException($"'{name}' is not a tensor; sequences, maps and optional values are not supported.");
}
