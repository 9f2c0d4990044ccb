using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using RnnServe.Server.Http;

namespace RnnServe.Server.OpenApi;

/// <summary>Requests that can be sent as they are, and headers that no parameter of a handler shows.</summary>
internal static class OperationText
{
    public static Task Apply(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>().Where(p => p.Name == "name") ?? [])
            parameter.Example = "multi30k-en-de";

        foreach (var (status, response) in operation.Responses ?? [])
        {
            if (status is "429" or "503" && response is OpenApiResponse described)
                described.Headers = new Dictionary<string, IOpenApiHeader> { ["Retry-After"] = RetryAfter() };
        }

        return Task.CompletedTask;
    }

    /// <summary>Adds bodies that Swagger UI can send as they are.</summary>
    public static RouteHandlerBuilder WithExamples(
        this RouteHandlerBuilder route, params (string Name, string Summary, string Json)[] examples) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            if (operation.RequestBody?.Content?["application/json"] is OpenApiMediaType body)
            {
                body.Examples = examples.ToDictionary(
                    e => e.Name, e => (IOpenApiExample)new OpenApiExample { Summary = e.Summary, Value = JsonNode.Parse(e.Json) });
            }

            return Task.CompletedTask;
        });

    /// <summary>For a route that asks a model: its requests are counted, and have the headers that <see cref="RequestLifetime"/> and
    /// <see cref="RequestAdmission"/> read.</summary>
    public static RouteHandlerBuilder AsksModel(this RouteHandlerBuilder route) => route.WithMetadata(Telemetry.AsksModel.Instance)
        .WithDeadline()
        .WithParameter(RequestPriority);

    /// <summary>For a route that takes its time: its requests have the header that <see cref="RequestLifetime"/> reads.</summary>
    public static RouteHandlerBuilder WithDeadline(this RouteHandlerBuilder route) =>
        route.WithParameter(RequestTimeout).AddEndpointFilter(RequestDeadline.EndsWorkOnlyAsync);

    private static RouteHandlerBuilder WithParameter(this RouteHandlerBuilder route, Func<OpenApiParameter> parameter) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            (operation.Parameters ??= []).Add(parameter());
            return Task.CompletedTask;
        });

    private static OpenApiParameter RequestTimeout() => new()
    {
        Name = RequestLifetime.TimeoutHeader,
        In = ParameterLocation.Header,
        Description =
            "How long the request may take, in milliseconds; after that the answer is 504. "
            + "The server's configuration has the default and the most.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "1", Maximum = "3600000" },
        Example = 10_000,
    };

    private static OpenApiParameter RequestPriority() => new()
    {
        Name = RequestAdmission.PriorityHeader,
        In = ParameterLocation.Header,
        Description =
            "How soon the answer is wanted; bulk gets what the others leave free. It asks for less than a key allows, never for more.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["interactive", "bulk"], Default = "interactive" },
        Example = "interactive",
    };

    private static OpenApiHeader RetryAfter() => new()
    {
        Description = "When to try again, in seconds, at the present rate; absent when waiting does not help.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "1" },
        Example = 1,
    };
}
