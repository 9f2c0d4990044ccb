using RnnServe.Inference.Scheduling;

namespace RnnServe.Server.Http;

/// <summary>Says whose request it is and how soon it is wanted, before anything of it waits.</summary>
/// <remarks>A header may ask for less than the caller's key allows, never for more.</remarks>
internal sealed class RequestAdmission(RequestDelegate next)
{
    /// <summary>The request header that asks for a priority.</summary>
    public const string PriorityHeader = "Request-Priority";

    /// <summary>The claim that has what requests of a caller have in common.</summary>
    public const string CallerClaim = "key";

    /// <summary>The claim that has the caller's priority.</summary>
    public const string PriorityClaim = "priority";

    private const string Interactive = "interactive", Bulk = "bulk";

    public Task InvokeAsync(HttpContext http)
    {
        bool bulk = http.User.FindFirst(PriorityClaim)?.Value == Bulk;
        if (http.Request.Headers.TryGetValue(PriorityHeader, out var asked))
        {
            bulk |= asked == Bulk;
            if (asked != Bulk && asked != Interactive)
            {
                string message = Refusals.Wording(PriorityHeader, Refusals.Quote(asked), $"{Interactive} or {Bulk}");
                throw ApiException.ForField(PriorityHeader, message);
            }
        }

        string caller = http.User.FindFirst(CallerClaim)?.Value ?? "";
        if (bulk || caller.Length > 0)
            RequestOrigin.Current = new(caller, bulk ? RequestPriority.Bulk : RequestPriority.Interactive);
        return next(http);
    }
}
