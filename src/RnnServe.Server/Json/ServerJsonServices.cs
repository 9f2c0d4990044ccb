using Microsoft.AspNetCore.Http.Json;

namespace RnnServe.Server.Json;

/// <summary>Makes the generated JSON the one that endpoints and the OpenAPI document use.</summary>
internal static class ServerJsonServices
{
    public static void AddServerJson(this IServiceCollection services) => services.Configure<JsonOptions>(json =>
    {
        var options = json.SerializerOptions;
        options.TypeInfoResolverChain.Clear();
        options.TypeInfoResolverChain.Add(ApiJson.Context);
        options.DefaultIgnoreCondition = ApiJson.Context.Options.DefaultIgnoreCondition;
        options.NumberHandling = ApiJson.Context.Options.NumberHandling;
        options.Encoder = ApiJson.Context.Options.Encoder;
    });
}
