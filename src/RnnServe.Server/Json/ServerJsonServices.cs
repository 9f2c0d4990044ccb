using Microsoft.AspNetCore.Http.Json;

namespace RnnServe.Server.Json;

/// <summary>Makes the generated JSON the one that endpoints and the OpenAPI document use.</summary>
internal static class ServerJsonServices
{
    public static void AddServerJson(this IServiceCollection services) => services.Configure<JsonOptions>(json =>
    {
        var options = json.SerializerOptions;
        options.TypeInfoResolverChain.Clear();
        options.TypeInfoResolverChain.Add(ServerJson.Default);
        options.DefaultIgnoreCondition = ServerJson.Default.Options.DefaultIgnoreCondition;
        options.NumberHandling = ServerJson.Default.Options.NumberHandling;
        // Answers are application/json and never part of an HTML page, so 'ü' may stay 'ü'.
        options.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
    });
}
