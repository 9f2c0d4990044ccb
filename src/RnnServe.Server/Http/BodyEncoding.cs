using Microsoft.Net.Http.Headers;

namespace RnnServe.Server.Http;

/// <summary>Refuses compressed bodies by their name: a few kilobytes of them may hold gigabytes.</summary>
internal static class BodyEncoding
{
    private const string Identity = "identity";

    public static void UseBodyEncoding(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        string encoding = http.Request.Headers.ContentEncoding.ToString();
        if (encoding.Length == 0 || encoding.Equals(Identity, StringComparison.OrdinalIgnoreCase))
            return next(http);

        // RFC 9110, section 15.5.16: what would have been accepted.
        http.Response.OnStarting(() =>
        {
            http.Response.Headers[HeaderNames.AcceptEncoding] = Identity;
            return Task.CompletedTask;
        });
        throw new ApiException(
            StatusCodes.Status415UnsupportedMediaType,
            $"The content encoding {Refusals.Quote(encoding)} is not accepted; send the body as it is, without Content-Encoding.");
    });
}
