using RnnServe.OnnxRuntime.Interop;

namespace RnnServe.OnnxRuntime;

/// <summary>
/// ONNX Runtime's environment: one per process, made when the first session or tensor is. It prints nothing and sends no telemetry.
/// </summary>
public static unsafe class OnnxEnvironment
{
    private const int LogFatal = 4;
    private const int DeviceAllocator = 0;
    private const int DefaultMemory = 0;

    private static readonly Lock Gate = new();
    private static ThreadPoolOptions pool = new();
    private static volatile NativeHandle? environment;
    private static volatile NativeHandle? memory;

    /// <summary>Version of the native library, such as "1.30.0".</summary>
    /// <exception cref="DllNotFoundException">The native library is not there.</exception>
    public static string Version => NativeApi.Version;

    // Never released: sessions and tensors may be finalized at any time, until the process ends.
    internal static NativeHandle Handle => environment ?? CreateEnvironment();

    // The description of ordinary memory, for tensors over our own blocks.
    internal static NativeHandle Memory => memory ?? CreateMemory();

    /// <summary>Chooses the process-wide thread pool. To be called before the first session.</summary>
    /// <exception cref="InvalidOperationException">The environment is in use already.</exception>
    public static void Configure(ThreadPoolOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.IntraOpThreads, 1, nameof(options));
        lock (Gate)
        {
            if (environment is not null)
                throw new InvalidOperationException("The thread pool must be configured before the first session is created.");
            pool = options;
        }
    }

    private static NativeHandle CreateEnvironment()
    {
        lock (Gate)
        {
            if (environment is not null) return environment;
            using var threading = NativeHandle.Create(&NativeApi.CreateThreading, &NativeApi.ReleaseThreading);
            NativeApi.Check(NativeApi.SetGlobalIntraOpThreads(threading.Value, pool.IntraOpThreads));
            NativeApi.Check(NativeApi.SetGlobalInterOpThreads(threading.Value, 1));
            NativeApi.Check(NativeApi.SetGlobalSpinning(threading.Value, pool.Spinning ? 1 : 0));

            var created = new NativeHandle(&NativeApi.ReleaseEnvironment);
            nint raw;
            fixed (byte* logId = "RnnServe"u8)
                NativeApi.Check(NativeApi.CreateEnvironment(LogFatal, logId, threading.Value, &raw));
            created.Own(raw);
            NativeApi.Check(NativeApi.DisableTelemetry(raw));
            return environment = created;
        }
    }

    private static NativeHandle CreateMemory()
    {
        lock (Gate)
        {
            if (memory is not null) return memory;
            var created = new NativeHandle(&NativeApi.ReleaseMemoryInfo);
            nint raw;
            NativeApi.Check(NativeApi.CreateCpuMemoryInfo(DeviceAllocator, DefaultMemory, &raw));
            created.Own(raw);
            return memory = created;
        }
    }
}
