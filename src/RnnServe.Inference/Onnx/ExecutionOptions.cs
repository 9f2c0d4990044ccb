using Microsoft.ML.OnnxRuntime;

namespace RnnServe.Inference.Onnx;

/// <summary>What runs a graph's operators.</summary>
public enum ExecutionProvider
{
    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>An NVIDIA GPU.</summary>
    Cuda,
}

/// <summary>How a <see cref="Session"/> runs its graph.</summary>
public sealed record ExecutionOptions
{
    /// <summary>
    /// Threads that work on one operator, the calling thread included; 1 starts no thread, 0 uses the process-wide pool
    /// (<see cref="OnnxEnvironment.Configure"/>).
    /// </summary>
    public int IntraOpThreads { get; init; } = 1;

    /// <summary>Whether the session's own idle threads spin before they sleep. Two spinning pools in a process halve the
    /// throughput.</summary>
    public bool Spinning { get; init; } = true;

    /// <summary>Whether working memory comes from one arena for all such sessions; otherwise the session has an arena of its own, which
    /// keeps what its largest run took.</summary>
    public bool SharedArena { get; init; }

    /// <summary>What runs the operators.</summary>
    public ExecutionProvider Provider { get; init; }

    /// <summary>Prefix of the profile (Chrome trace, JSON) that is written when the session is disposed; null for none.</summary>
    public string? ProfilePrefix { get; init; }

    /// <summary>Checks that the provider can be had here.</summary>
    /// <exception cref="ProviderException">It cannot; the message says why and what to do.</exception>
    public void Check()
    {
        // The processor is always there: loading ONNX Runtime only to ask would delay the start.
        if (Provider != ExecutionProvider.Cpu)
            ToNative().Dispose();
    }

    internal SessionOptions ToNative()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(IntraOpThreads);
        OnnxEnvironment.Ensure();

        // Memory patterns pay only where shapes never change.
        var native = new SessionOptions { InterOpNumThreads = 1, EnableMemoryPattern = false };
        try
        {
            if (IntraOpThreads == 0)
                native.DisablePerSessionThreads();
            else
                native.IntraOpNumThreads = IntraOpThreads;
            native.AddSessionConfigEntry("session.intra_op.allow_spinning", Spinning ? "1" : "0");

            // The arena grows in powers of two: weights in it would leave up to half of it empty for good.
            native.AddSessionConfigEntry("session.use_device_allocator_for_initializers", "1");
            native.AddSessionConfigEntry("session.use_env_allocators", SharedArena ? "1" : "0");
            if (ProfilePrefix is { } prefix)
                (native.ProfileOutputPathPrefix, native.EnableProfiling) = (prefix, true);
            if (Provider == ExecutionProvider.Cuda)
                AppendCuda(native);
            return native;
        }
        catch
        {
            native.Dispose();
            throw;
        }
    }

    private static void AppendCuda(SessionOptions native)
    {
        if (!OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"))
        {
            throw new ProviderException(
                "The provider is 'cuda', but this build runs on processors only: "
                + "build it with -p:OnnxRuntimePackage=Microsoft.ML.OnnxRuntime.Gpu, or choose the provider 'cpu'.");
        }

        try
        {
            native.AppendExecutionProvider_CUDA();
        }
        catch (OnnxRuntimeException error)
        {
            throw new ProviderException(
                "The provider is 'cuda', but no GPU answers: install NVIDIA's driver, CUDA 13 and cuDNN 9, or choose the provider 'cpu' "
                + $"({error.Message.ReplaceLineEndings(" ").Trim()}).",
                error);
        }
    }
}

/// <summary>An execution provider that cannot be had on this machine.</summary>
public sealed class ProviderException(string message, Exception? inner = null) : Exception(message, inner);
