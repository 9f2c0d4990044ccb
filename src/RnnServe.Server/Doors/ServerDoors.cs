using System.Net.Mime;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.OpenApi;
using RnnServe.Server.Http;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Doors;

/// <summary>The doors that this server has: one line each.</summary>
internal static class ServerDoors
{
    private static readonly IReadOnlyList<IDoor> All =
    [
        new DeepLDoor(),
        new LibreTranslateDoor(),
        new HuggingFaceDoor(),
        new MaxCaptionDoor(),
        new OpenInferenceDoor(),
    ];

    public static void AddDoors(this IServiceCollection services)
    {
        services.AddSection<DoorsOptions, DoorsOptionsValidator>("Doors");
        services.AddSingleton<DoorEngine>();
        services.AddSingleton<DeepLUsage>();
        services.AddGrpcDoor();
        services.Configure<JsonOptions>(json => json.SerializerOptions.TypeInfoResolverChain.Add(DoorJson.Api));
        services.AddOptions<ErrorPaths>().Configure<IOptions<DoorsOptions>>((paths, options) =>
        {
            foreach (string path in Open(options.Value).SelectMany(door => door.Paths))
                paths.Add(path);
        });
        services.AddOptions<OpenApiOptions>("v1").Configure<IOptions<DoorsOptions>>((document, options) =>
            document.AddDocumentTransformer((written, _, _) =>
            {
                foreach (var door in Open(options.Value))
                    written.Tags!.Add(door.Tag);
                return Task.CompletedTask;
            }));
    }

    /// <summary>Adds the routes of the doors that the configuration opens.</summary>
    public static void MapDoors(this WebApplication app)
    {
        foreach (var door in Open(app.Services.GetRequiredService<IOptions<DoorsOptions>>().Value))
            door.Map(app.MapGroup("").WithMetadata(door.Keys));
    }

    /// <summary>Says in the OpenAPI document how a door's route may fail.</summary>
    public static RouteHandlerBuilder RefusesWithError(this RouteHandlerBuilder route, params ReadOnlySpan<int> statuses)
    {
        foreach (int status in statuses)
            route.Produces<ErrorProblemBody>(status, MediaTypeNames.Application.ProblemJson);

        return route;
    }

    private static IEnumerable<IDoor> Open(DoorsOptions doors) => All.Where(door => door.IsOpen(doors));
}
