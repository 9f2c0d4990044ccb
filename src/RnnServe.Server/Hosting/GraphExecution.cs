using Microsoft.Extensions.Options;
using RnnServe.Inference.Onnx;
using RnnServe.Server.Options;

namespace RnnServe.Server.Hosting;

/// <summary>The threads and the device of every graph.</summary>
internal static class GraphExecution
{
    public static void AddGraphExecution(this IServiceCollection services) => services.AddSingleton(provider =>
    {
        var pool = provider.GetRequiredService<IOptions<ThreadingOptions>>().Value;
        if (pool.IntraOpThreads > 1)
            OnnxEnvironment.Configure(pool.IntraOpThreads, pool.Spinning);
        return new ExecutionOptions
        {
            // 1: a run stays on its worker's thread. 0: it shares the process-wide pool, which is then one for all models.
            IntraOpThreads = pool.IntraOpThreads == 1 ? 1 : 0,
            Provider = Enum.Parse<ExecutionProvider>(provider.GetRequiredService<IOptions<DevicesOptions>>().Value.Provider, ignoreCase: true),
        };
    });

    /// <summary>Checks the device before the host starts.</summary>
    /// <exception cref="ProviderException">It cannot be had.</exception>
    public static void CheckGraphExecution(this IServiceProvider services) => services.GetRequiredService<ExecutionOptions>().Check();
}
