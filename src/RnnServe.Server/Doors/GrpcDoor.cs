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
    /// <summary>Of a message that names a model or nothing; one that asks a model may be as large as an upload.</summary>
    private const int MostBytes = 4096;

    /// <summary>What stands before a message on the wire: whether it is compressed, and its length.</summary>
    private const int PrefixBytes = 5;

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
            .Add(endpoint =>
            {
                // The others need no key, so that what they take would be nobody's.
                var called = endpoint.Metadata.OfType<GrpcMethodMetadata>().FirstOrDefault();
                bool asksModel = called?.Method.Name == nameof(OpenInferenceService.ModelInfer);
                endpoint.Metadata.Add(new RequestSizeLimitAttribute(PrefixBytes + (asksModel ? (long)limits.MaxUploadBytes : MostBytes)));
                endpoint.RequestDelegate = CountedBody.Before(endpoint.RequestDelegate!, asksModel ? budget : null);
                if (asksModel)
                    endpoint.Metadata.Add(AsksModel.Instance);
            });
    }
}

/// <summary>Adds the address of gRPC to those that the configuration has, when these are known.</summary>
internal sealed class GrpcAddress(IOptions<DoorsOptions> doors, IConfiguration configuration) : IStartupFilter
{
    /// <summary>Kestrel's own, which it takes where there is no other: that of gRPC would be one.</summary>
    private const string Default = "http://localhost:5000";

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        CheckEndpoints();
        if (doors.Value.GrpcPort > 0 && app.ServerFeatures.Get<IServerAddressesFeature>() is { Addresses.IsReadOnly: false } feature)
        {
            if (feature.Addresses.Count == 0)
                feature.Addresses.Add(Default);
            string host = BindingAddress.Parse(feature.Addresses.First()).Host;
            feature.Addresses.Add(string.Create(CultureInfo.InvariantCulture, $"http://{host}:{doors.Value.GrpcPort}"));
        }

        next(app);
    };

    /// <summary>Kestrel leaves out every other address where it has endpoints of its own.</summary>
    private void CheckEndpoints()
    {
        int port = doors.Value.GrpcPort;
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren();
        string[] urls = [.. endpoints.Select(endpoint => endpoint["Url"]).OfType<string>()];
        if (port == 0 || urls.Length == 0 || urls.Any(url => BindingAddress.Parse(url).Port == port))
            return;
        string has = string.Join(", ", urls);
        string message = $"Doors:GrpcPort is {port}, but must be the port of one of Kestrel:Endpoints, which has {has}.";
        throw new OptionsValidationException(nameof(DoorsOptions), typeof(DoorsOptions), [message]);
    }
}
