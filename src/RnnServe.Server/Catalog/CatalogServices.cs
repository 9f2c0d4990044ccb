using RnnServe.Inference.Scheduling;

namespace RnnServe.Server.Catalog;

/// <summary>Registers the catalog and what fills it.</summary>
internal static class CatalogServices
{
    /// <param name="services">Of the server.</param>
    /// <param name="kinds">What the server knows to do with models.</param>
    public static void AddModelCatalog(this IServiceCollection services, IEnumerable<ModelKind> kinds)
    {
        services.AddSingleton<IReadOnlyList<ModelKind>>([.. kinds]);
        services.AddSingleton(provider => new WorkerPool(provider.GetRequiredService<IOptions<BatchingOptions>>().Value));
        services.AddSingleton<ModelCatalog>();
        services.AddSingleton<ModelPicker>();
        services.AddSingleton<ModelFolders>();
        services.AddHostedService<ModelLoader>();
    }
}
