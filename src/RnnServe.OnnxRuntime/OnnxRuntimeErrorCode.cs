namespace RnnServe.OnnxRuntime;

/// <summary>Kind of a failure, as ONNX Runtime names it.</summary>
public enum OnnxRuntimeErrorCode
{
    /// <summary>No failure.</summary>
    Ok = 0,

    /// <summary>A failure without a more precise kind; also a terminated run.</summary>
    Fail = 1,

    /// <summary>A name, type or shape that does not fit the model.</summary>
    InvalidArgument = 2,

    /// <summary>The model's file is not there.</summary>
    NoSuchFile = 3,

    /// <summary>There is no model.</summary>
    NoModel = 4,

    /// <summary>The execution engine failed.</summary>
    EngineError = 5,

    /// <summary>An operator failed while it ran.</summary>
    RuntimeException = 6,

    /// <summary>The bytes are not an ONNX model.</summary>
    InvalidProtobuf = 7,

    /// <summary>A model is loaded already.</summary>
    ModelLoaded = 8,

    /// <summary>An operator or a type has no implementation.</summary>
    NotImplemented = 9,

    /// <summary>The model's graph is not valid.</summary>
    InvalidGraph = 10,

    /// <summary>An execution provider failed.</summary>
    ExecutionProviderFail = 11,
}
