using Microsoft.ML.OnnxRuntime;

namespace RnnServe.Inference.Onnx;

/// <summary>ONNX Runtime's environment: one per process, made when the first session is. It prints nothing and sends no
/// telemetry.</summary>
public static class OnnxEnvironment
{
    private static readonly Lock Gate = new();
    private static volatile OrtEnv? environment;

    /// <summary>Version of the native library, such as "1.31.1".</summary>
    public static string Version => Ensure().GetVersionString();

    /// <summary>Chooses the pool that sessions with <see cref="ExecutionOptions.IntraOpThreads"/> 0 share, before the first
    /// session.</summary>
    /// <param name="intraOpThreads">Threads that work on one operator, the calling thread included; 1 starts no thread.</param>
    /// <param name="spinning">Whether idle threads spin for a while before they sleep: faster, but uses a core.</param>
    /// <exception cref="InvalidOperationException">The environment is in use already.</exception>
    public static void Configure(int intraOpThreads, bool spinning)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(intraOpThreads, 1);
        lock (Gate)
        {
            if (environment is not null)
                throw new InvalidOperationException("The thread pool must be configured before the first session is created.");
            Create(intraOpThreads, spinning);
        }
    }

    internal static OrtEnv Ensure()
    {
        lock (Gate)
            return environment ?? Create(intraOpThreads: 1, spinning: true);
    }

    private static OrtEnv Create(int intraOpThreads, bool spinning)
    {
        using var pool = new OrtThreadingOptions
        {
            GlobalIntraOpNumThreads = intraOpThreads,
            GlobalInterOpNumThreads = 1,
            GlobalSpinControl = spinning,
        };
        var options = new EnvironmentCreationOptions
        {
            logId = "RnnServe",
            logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            threadOptions = pool,
        };
        var created = OrtEnv.CreateInstanceWithOptions(ref options);
        created.DisableTelemetryEvents();
        using var memory = new OrtMemoryInfo(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.ArenaAllocator, 0, OrtMemType.Default);
        using var usual = new OrtArenaCfg(maxMemory: 0, arenaExtendStrategy: -1, initialChunkSizeBytes: -1, maxDeadBytesPerChunk: -1);
        created.CreateAndRegisterAllocator(memory, usual);
        return environment = created;
    }
}
