namespace RnnServe.Server.Http;

/// <summary>Answers HEAD as GET (RFC 9110, section 9.3.2): the routes see GET, and Kestrel sends no body.</summary>
internal static class HeadRequests
{
    public static void UseHeadRequests(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await next(http);
            return;
        }

        http.Request.Method = HttpMethods.Get;
        try
        {
            await next(http);
        }
        finally
        {
            http.Request.Method = HttpMethods.Head;     // an error names what was asked
        }
    });
}
