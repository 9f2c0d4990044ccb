using RnnServe.Server.Settings;

namespace RnnServe.Server.Http;

/// <summary>What browsers are told with every answer, and which pages' scripts may read answers.</summary>
internal static class BrowserRules
{
    /// <summary>For the page at "/swagger", which has scripts of its own in it; the page at "/" sets a stricter one, other answers are
    /// no pages.</summary>
    private const string NoPage = "default-src 'none'; frame-ancestors 'none'", Pages = "frame-ancestors 'none'";

    public static void UseBrowserRules(this IApplicationBuilder app)
    {
        app.Use((http, next) =>
        {
            var headers = http.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers.ContentSecurityPolicy = http.Request.Path.StartsWithSegments("/swagger") ? Pages : NoPage;
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
