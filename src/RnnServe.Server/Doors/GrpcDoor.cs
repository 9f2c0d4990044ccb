using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using RnnServe.Server.Http;
using RnnServe.Server.Settings;
using RnnServe.Server.Telemetry;

namespace RnnServe.Server.Doors;

/// <summary>The Open Inference Protocol over gRPC, on a port of its own: without TLS a port speaks either HTTP/1.1 or HTTP/2.</summary>
internal static class GrpcDoor
{
    public static void AddGrpcDoor(this IServiceCollection services)
    {
        services.AddSingleton<InferModels>();
        services.AddGrpc();
        services.AddOptions<GrpcServiceOptions>().Configure<IOptions<LimitsOptions>>((grpc, limits) =>
        {
            grpc.MaxReceiveMessageSize = limits.Value.MaxUploadBytes;
            grpc.CompressionProviders.Clear();      // compressed bodies are refused, as they are over HTTP
        });
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<DoorsOptions>>((kestrel, doors) =>
            kestrel.ConfigureEndpointDefaults(listen =>
            {
                if (doors.Value.GrpcPort > 0 && listen.IPEndPoint?.Port == doors.Value.GrpcPort)
                    listen.Protocols = HttpProtocols.Http2;
            }));
        services.AddSingleton<IStartupFilter, GrpcAddress>();
    }

    public static void MapGrpcDoor(this IEndpointRouteBuilder app)
    {
        if (app.ServiceProvider.GetRequiredService<IOptions<DoorsOptions>>().Value.GrpcPort == 0)
            return;
        var limits = app.ServiceProvider.GetRequiredService<IOptions<LimitsOptions>>().Value;
        var budget = app.ServiceProvider.GetRequiredService<UploadBudget>();
        app.MapGrpcService<OpenInferenceService>()
            .WithMetadata(new RequestSizeLimitAttribute(limits.MaxUploadBytes))
            .Add(endpoint =>
            {
                endpoint.RequestDelegate = CountedBody.Before(endpoint.RequestDelegate!, budget);
                var called = endpoint.Metadata.OfType<GrpcMethodMetadata>().FirstOrDefault();
                if (called?.Method.Name == nameof(OpenInferenceService.ModelInfer))
                    endpoint.Metadata.Add(AsksModel.Instance);
            });
    }
}

/// <summary>Adds the address of gRPC to those that the configuration has, when these are known.</summary>
internal sealed class GrpcAddress(IOptions<DoorsOptions> doors) : IStartupFilter
{
    /// <summary>Kestrel's own, which it takes where there is no other: that of gRPC would be one.</summary>
    private const string Default = "http://localhost:5000";

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        if (doors.Value.GrpcPort > 0 && app.ServerFeatures.Get<IServerAddressesFeature>() is { Addresses.IsReadOnly: false } feature)
        {
            if (feature.Addresses.Count == 0)
                feature.Addresses.Add(Default);
            string host = BindingAddress.Parse(feature.Addresses.First()).Host;
            feature.Addresses.Add(string.Create(CultureInfo.InvariantCulture, $"http://{host}:{doors.Value.GrpcPort}"));
        }

        next(app);
    };
}
