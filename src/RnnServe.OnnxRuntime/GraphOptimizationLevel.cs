namespace RnnServe.OnnxRuntime;

/// <summary>How much ONNX Runtime may rewrite a graph when it loads it.</summary>
public enum GraphOptimizationLevel
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>Constant folding and removal of redundant nodes.</summary>
    Basic = 1,

    /// <summary>Also fusions into ONNX Runtime's own operators.</summary>
    Extended = 2,

    /// <summary>Also changes of the memory layout.</summary>
    All = 99,
}
