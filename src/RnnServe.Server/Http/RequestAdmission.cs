using RnnServe.Inference.Scheduling;

namespace RnnServe.Server.Http;

/// <summary>Says whose request it is and how soon it is wanted, before anything of it waits.</summary>
/// <remarks>A header may ask for less than the caller's key allows, never for more.</remarks>
internal sealed class RequestAdmission(RequestDelegate next)
{
    /// <summary>The request header that asks for a priority.</summary>
    public const string PriorityHeader = "Request-Priority";

    public Task InvokeAsync(HttpContext http)
    {
        bool isBulk = IsBulk(http.Request);

        // Asked for when something of the request waits: a key may be in the body, which is not read yet.
        RequestOrigin.Source = () => OriginOf(Caller.Of(http), isBulk);
        return next(http);
    }

    // By reference: the owner of a token may have any name.
    private static RequestOrigin OriginOf(Caller caller, bool isBulk) => new(
        ReferenceEquals(caller, Caller.Anonymous) ? "" : caller.Key,
        isBulk || caller.Priority == Caller.Bulk ? RequestPriority.Bulk : RequestPriority.Interactive);

    private static bool IsBulk(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(PriorityHeader, out var asked))
            return false;
        if (asked == Caller.Bulk || asked == Caller.Interactive)
            return asked == Caller.Bulk;
        string message = Refusals.Wording(PriorityHeader, Refusals.Quote(asked), $"{Caller.Interactive} or {Caller.Bulk}");
        throw ApiException.ForField(PriorityHeader, message);
    }
}
