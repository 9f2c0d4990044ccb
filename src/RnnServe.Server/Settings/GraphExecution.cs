using RnnServe.Inference.Onnx;

namespace RnnServe.Server.Settings;

/// <summary>The threads and the device of every graph.</summary>
internal static class GraphExecution
{
    public static void AddGraphExecution(this IServiceCollection services) => services.AddSingleton(provider =>
    {
        var pool = provider.GetRequiredService<IOptions<ThreadingOptions>>().Value;
        string device = provider.GetRequiredService<IOptions<DevicesOptions>>().Value.Provider;
        if (pool.IntraOpThreads > 1)
            OnnxEnvironment.Configure(pool.IntraOpThreads, pool.Spinning);
        return new ExecutionOptions
        {
            // 1: a run stays on its worker's thread. 0: it shares the process-wide pool, which is then one for all models.
            IntraOpThreads = pool.IntraOpThreads == 1 ? 1 : 0,
            Provider = Enum.Parse<ExecutionProvider>(device, ignoreCase: true),
        };
    });

    /// <summary>Checks the device before the host starts.</summary>
    /// <exception cref="ProviderException">It cannot be had.</exception>
    public static void CheckGraphExecution(this IServiceProvider services) => services.GetRequiredService<ExecutionOptions>().Check();
}

/// <summary>What runs the graphs. Section "Devices".</summary>
public sealed class DevicesOptions
{
    /// <summary>
    /// <c>cpu</c>, or <c>cuda</c> for an NVIDIA GPU, which needs a build with -p:OnnxRuntimePackage=Microsoft.ML.OnnxRuntime.Gpu.
    /// </summary>
    [AllowedValues("cpu", "cuda", ErrorMessage = "Provider must be cpu or cuda.")]
    public string Provider { get; set; } = "cpu";
}

[OptionsValidator]
internal sealed partial class DevicesOptionsValidator : IValidateOptions<DevicesOptions>;

/// <summary>The threads inside one run of a graph. Section "ThreadPool".</summary>
public sealed class ThreadingOptions
{
    /// <summary>Threads that share one run, 1 to 256. 1 gives the most sentences a second, because the decode workers already use every
    /// core; 2 or more make one global pool for all models, which shortens a lone request.</summary>
    [Range(1, 256)]
    public int IntraOpThreads { get; set; } = 1;

    /// <summary>Whether idle threads of the pool spin for a moment before they sleep: quicker answers for more CPU time.</summary>
    public bool Spinning { get; set; } = true;
}

[OptionsValidator]
internal sealed partial class ThreadingOptionsValidator : IValidateOptions<ThreadingOptions>;
