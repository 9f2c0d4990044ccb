using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using RnnServe.Server.Http;

namespace RnnServe.Server.Keys;

/// <summary>Says in the OpenAPI document how a key is sent, and which routes need one.</summary>
internal static class KeyDocument
{
    private const string Bearer = "bearer", ApiKey = "apiKey";

    public static void AddKeys(this OpenApiOptions document) => document
        .AddDocumentTransformer((written, _, _) =>
        {
            var schemes = (written.Components ??= new()).SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            schemes[Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = Bearer,
                Description = "The key, or a token of the issuer that the server trusts.",
            };
            schemes[ApiKey] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = KeyManners.ApiKeyHeader,
                Description = "The key.",
            };
            return Task.CompletedTask;
        })
        .AddOperationTransformer(ApplyAsync);

    private static async Task ApplyAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        var route = context.Description.ActionDescriptor.EndpointMetadata;
        if (route.OfType<IAllowAnonymous>().Any())
            return;

        // OpenAPI 3.1: for schemes other than OAuth the list names roles.
        List<string> scopes = [.. route.OfType<RequiredScope>().Select(scope => scope.Name)];
        operation.Security = [.. ((string[])[Bearer, ApiKey]).Select(scheme => new OpenApiSecurityRequirement
        {
            [new OpenApiSecuritySchemeReference(scheme, context.Document)] = scopes,
        })];
        // The routes of doors alone say how their clients send keys.
        var ofDoor = route.OfType<KeyManners>().LastOrDefault();
        var manners = ofDoor ?? KeyManners.Usual;
        var body = ofDoor is null ? typeof(ProblemBody) : typeof(ErrorProblemBody);
        var problem = await context.GetOrCreateSchemaAsync(body, null, cancellation);
        foreach (var (status, reason) in new[]
        {
            (StatusCodes.Status403Forbidden, manners.Refusal == StatusCodes.Status403Forbidden
                ? "The key is missing or wrong, or lacks the scope."
                : "The key lacks the scope."),
            (manners.Refusal, "The key is missing or wrong."),
            (StatusCodes.Status429TooManyRequests, "The key's quota is used up, or there is no room."),
        })
        {
            // What the route says of a status itself stays.
            (operation.Responses ??= []).TryAdd(status.ToString(CultureInfo.InvariantCulture), new OpenApiResponse
            {
                Description = reason,
                Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() { Schema = problem } },
            });
        }
    }
}
