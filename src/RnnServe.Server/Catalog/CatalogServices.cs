using System.Diagnostics.Metrics;
using RnnServe.Inference.Scheduling;
using RnnServe.Server.Telemetry;

namespace RnnServe.Server.Catalog;

/// <summary>Registers the catalog and what fills it.</summary>
internal static class CatalogServices
{
    /// <param name="services">Of the server.</param>
    /// <param name="kinds">What the server knows to do with models.</param>
    public static void AddModelCatalog(this IServiceCollection services, IEnumerable<ModelKind> kinds)
    {
        services.AddSingleton<IReadOnlyList<ModelKind>>([.. kinds]);
        services.AddHttpContextAccessor();
        services.AddSingleton(provider => new WorkerPool(
            provider.GetRequiredService<IOptions<BatchingOptions>>().Value,
            meter: provider.GetRequiredService<IMeterFactory>().Create(TelemetryServices.Name)));
        services.AddSingleton<ModelCatalog>();
        services.AddSingleton<ModelPicker>();
        services.AddSingleton<ModelFolders>();
        services.AddSingleton<VersionOpener>();
        services.AddSingleton<VersionChooser>();
        services.AddSingleton<ModelLifeCycle>();
        services.AddHostedService<ModelLoader>();
        services.AddHostedService<ModelWatch>();
    }
}
