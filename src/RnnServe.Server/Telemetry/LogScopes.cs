using System.Diagnostics;

namespace RnnServe.Server.Telemetry;

/// <summary>What a line of the JSON log says of the request that it belongs to: ids. The framework's own scopes, which have the path, are
/// left out.</summary>
internal sealed class LogScopes(IHttpContextAccessor requests) : IExternalScopeProvider
{
    public void ForEachScope<TState>(Action<object?, TState> callback, TState state)
    {
        if (requests.HttpContext is not { } http)
            return;
        var ids = new Ids { new("RequestId", http.TraceIdentifier) };
        if (Activity.Current is { } activity)
        {
            ids.Add(new("TraceId", activity.TraceId.ToHexString()));
            ids.Add(new("SpanId", activity.SpanId.ToHexString()));
        }

        callback(ids, state);
    }

    public IDisposable Push(object? state) => Left.Instance;

    /// <summary>The formatter writes each pair, and the whole as a message.</summary>
    private sealed class Ids : List<KeyValuePair<string, object?>>
    {
        public override string ToString() => string.Join(", ", this.Select(id => $"{id.Key} {id.Value}"));
    }

    private sealed class Left : IDisposable
    {
        public static Left Instance { get; } = new();

        public void Dispose()
        {
        }
    }
}
