namespace RnnServe.Server.OpenApi;

/// <summary>The OpenAPI document and the page that lets people try it.</summary>
internal static class OpenApiServices
{
    public static void AddServerOpenApi(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer(DocumentText.Apply);
        options.AddSchemaTransformer(SchemaText.Apply);
        options.AddOperationTransformer(CaptionOperation.Apply);
        options.AddOperationTransformer(OperationExamples.Apply);
    });

    public static void UseServerSwagger(this IApplicationBuilder app) => app.UseSwaggerUI(page =>
    {
        page.DocumentTitle = "RnnServe";
        page.RoutePrefix = "swagger";
        page.SwaggerEndpoint("../openapi/v1.json", "RnnServe v1");    // behind a proxy the path may begin with something else
        page.DisplayRequestDuration();
        page.EnableDeepLinking();
    });
}
