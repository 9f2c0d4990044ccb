using System.Net;

namespace RnnServe.Training.Evaluation;

/// <summary>A server refused a request.</summary>
/// <param name="status">Its answer's status.</param>
/// <param name="message">Which server, and its reason.</param>
internal sealed class ServerRefusalException(HttpStatusCode status, string message) : Exception(message)
{
    /// <summary>Whether less at a time may be accepted: too large, too long in coming, or, as 400, too many for a list.</summary>
    public bool IsOfSize => status is HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.GatewayTimeout;

    /// <summary>Whether fewer at a time may be accepted.</summary>
    public bool IsOfNumber => IsOfSize || status == HttpStatusCode.BadRequest;
}
