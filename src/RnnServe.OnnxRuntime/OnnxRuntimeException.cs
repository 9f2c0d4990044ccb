namespace RnnServe.OnnxRuntime;

#pragma warning disable CA1032 // An exception of this type always carries ONNX Runtime's code.
/// <summary>A failure that ONNX Runtime reported, with its own code and message.</summary>
public sealed class OnnxRuntimeException : Exception
#pragma warning restore CA1032
{
    internal OnnxRuntimeException(OnnxRuntimeErrorCode code, string message)
        : base(message) => Code = code;

    /// <summary>Kind of failure.</summary>
    public OnnxRuntimeErrorCode Code { get; }
}
