using Microsoft.OpenApi;

namespace RnnServe.Server.OpenApi;

/// <summary>The OpenAPI document and the page that lets people try it.</summary>
internal static class OpenApiServices
{
    /// <summary>Adds the document, with a chapter for each kind of model.</summary>
    public static void AddServerOpenApi(this IServiceCollection services, IEnumerable<OpenApiTag> kinds) =>
        services.AddOpenApi("v1", options => options
            .AddDocumentTransformer((document, _, _) => Describe(document, kinds))
            .AddSchemaTransformer(SchemaText.Apply)
            .AddOperationTransformer(OperationText.Apply));

    public static void UseServerSwagger(this IApplicationBuilder app) => app.UseSwaggerUI(page =>
    {
        page.DocumentTitle = "RnnServe";
        page.RoutePrefix = "swagger";
        page.SwaggerEndpoint("../openapi/v1.json", "RnnServe v1");    // behind a proxy the path may begin with something else
        page.DisplayRequestDuration();
        page.EnableDeepLinking();
    });

    private static Task Describe(OpenApiDocument document, IEnumerable<OpenApiTag> kinds)
    {
        document.Info = new OpenApiInfo
        {
            Title = "RnnServe",
            Version = "1",
            Description =
                "Answers of recurrent neural networks. Every error is application/problem+json (RFC 9457) "
                + "and names the value it refuses and the allowed range.",
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };
        // Relative to the document's own address: what a proxy adds in front is the caller's to know.
        document.Servers = [new OpenApiServer { Url = ".." }];
        document.Tags = new HashSet<OpenApiTag>(
        [
            .. kinds,
            new() { Name = "Models", Description = "What this server serves." },
            new() { Name = "Health", Description = "For supervisors and load balancers." },
        ]);
        SchemaText.LeaveOutNulls(document);
        return Task.CompletedTask;
    }
}
