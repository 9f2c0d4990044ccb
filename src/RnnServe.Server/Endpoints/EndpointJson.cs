using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Json;
using RnnServe.Server.Http;
using RnnServe.Server.Kinds;

namespace RnnServe.Server.Endpoints;

/// <summary>The JSON of the answers that no kind of model has.</summary>
[JsonSerializable(typeof(ModelsResponse))]
[JsonSerializable(typeof(HealthResponse))]
internal sealed partial class EndpointJson : JsonSerializerContext;

/// <summary>Makes the generated JSON the one that endpoints and the OpenAPI document use.</summary>
internal static class ServerJson
{
    public static void AddServerJson(this IServiceCollection services) => services.Configure<JsonOptions>(json =>
    {
        var options = json.SerializerOptions;
        var api = ApiJson.Options();
        options.TypeInfoResolverChain.Clear();
        foreach (var bodies in ServerKinds.All.Select(kind => kind.Json).Append(EndpointJson.Default).Append(ProblemJson.Api))
            options.TypeInfoResolverChain.Add(bodies);
        options.DefaultIgnoreCondition = api.DefaultIgnoreCondition;
        options.NumberHandling = api.NumberHandling;
        options.Encoder = api.Encoder;
    });
}
