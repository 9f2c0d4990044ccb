using System.Net.Mime;

namespace RnnServe.Server.Problems;

/// <summary>Says in the OpenAPI document how a route may fail.</summary>
internal static class ProblemRoutes
{
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
            route.Produces<ProblemBody>(status, MediaTypeNames.Application.ProblemJson);

        return route;
    }
}
