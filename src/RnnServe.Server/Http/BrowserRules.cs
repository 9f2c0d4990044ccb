using RnnServe.Server.Settings;

namespace RnnServe.Server.Http;

/// <summary>What browsers are told with every answer, and which pages' scripts may read answers.</summary>
internal static class BrowserRules
{
    /// <summary>For the page at "/swagger", which has scripts of its own in it; the page at "/" sets a stricter one, other answers are
    /// no pages.</summary>
    private const string NoPage = "default-src 'none'; frame-ancestors 'none'", Pages = "frame-ancestors 'none'";

    /// <summary>Keeps scripts of other addresses from a route that changes something: where a browser's user is let in without a key, such
    /// a script would be let in with him.</summary>
    public static RouteGroupBuilder OwnPagesOnly(this RouteGroupBuilder routes) => routes.AddEndpointFilter((call, next) =>
    {
        var request = call.HttpContext.Request;
        string origin = request.Headers.Origin.ToString();
        var allowed = call.HttpContext.RequestServices.GetRequiredService<IOptions<BrowserOptions>>().Value.Origins;
        return origin.Length == 0 || IsOf(request.Host, origin) || allowed.Contains(origin)
            ? next(call)
            : throw new ApiException(StatusCodes.Status403Forbidden, $"Pages of {Refusals.Quote(origin)} may not change models.");
    });

    /// <summary>Whether a page is this server's own; a proxy may have taken its https off.</summary>
    private static bool IsOf(HostString host, string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Authority.Equals(host.Value, StringComparison.OrdinalIgnoreCase);

    public static void UseBrowserRules(this IApplicationBuilder app)
    {
        app.Use((http, next) =>
        {
            // Set as the last, as what is refused loses the headers that it had. The page has a policy by then.
            http.Response.OnStarting(() =>
            {
                var headers = http.Response.Headers;
                headers.XContentTypeOptions = "nosniff";
                headers["Referrer-Policy"] = "no-referrer";
                if (headers.ContentSecurityPolicy.Count == 0)
                    headers.ContentSecurityPolicy = http.Request.Path.StartsWithSegments("/swagger") ? Pages : NoPage;
                return Task.CompletedTask;
            });
            return next(http);
        });

        // Without it, browsers keep answers from the scripts of other addresses.
        var origins = app.ApplicationServices.GetRequiredService<IOptions<BrowserOptions>>().Value.Origins;
        if (origins.Count == 0)
            return;
        app.UseCors(policy =>
        {
            policy.AllowAnyHeader().AllowAnyMethod().WithExposedHeaders("Retry-After", "RateLimit", "RateLimit-Policy", "Server-Timing");
            if (origins.Contains(BrowserOptions.Anyone))
                policy.AllowAnyOrigin();
            else
                policy.WithOrigins([.. origins]);
        });
    }
}
