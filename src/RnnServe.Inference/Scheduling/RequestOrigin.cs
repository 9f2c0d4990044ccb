namespace RnnServe.Inference.Scheduling;

/// <summary>Who a request is from, and how soon it is wanted.</summary>
/// <remarks>
/// It flows with the call, as <see cref="System.Diagnostics.Activity.Current"/> does: whoever takes requests in says it once, and no kind
/// of model can forget to pass it on.
/// </remarks>
/// <param name="Caller">Requests of one caller share what is one caller's; empty for requests that nobody tells apart.</param>
/// <param name="Priority">How soon it is wanted.</param>
public sealed record RequestOrigin(string Caller, RequestPriority Priority)
{
    private static readonly AsyncLocal<Func<RequestOrigin>?> Flowing = new();

    /// <summary>Of requests of which nothing was said.</summary>
    public static RequestOrigin Unknown { get; } = new("", RequestPriority.Interactive);

    /// <summary>Of this call, as it is known now.</summary>
    public static RequestOrigin Current => Flowing.Value?.Invoke() ?? Unknown;

    /// <summary>Says it for this call and what it calls; null: nothing is said.</summary>
    public static Func<RequestOrigin>? Source
    {
        set => Flowing.Value = value;
    }

    /// <summary>Whether a queue keeps places free for others: those that nobody tells apart may fill it.</summary>
    internal bool LeavesPlaces => Caller.Length > 0 || Priority == RequestPriority.Bulk;
}

/// <summary>How soon the answer to a request is wanted.</summary>
public enum RequestPriority
{
    /// <summary>Somebody waits for it.</summary>
    Interactive,

    /// <summary>It gets what the others leave free.</summary>
    Bulk,
}
