namespace RnnServe.Server.Catalog;

/// <summary>Registers the catalog and what fills it.</summary>
internal static class CatalogServices
{
    public static void AddModelCatalog(this IServiceCollection services)
    {
        services.AddSingleton<ModelCatalog>();
        services.AddSingleton<ModelPicker>();
        services.AddSingleton<ModelFolders>();
        services.AddHostedService<ModelLoader>();
    }
}
