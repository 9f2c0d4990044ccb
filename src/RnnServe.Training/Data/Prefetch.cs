namespace RnnServe.Training.Data;

/// <summary>Prepares what comes next beside the work of the caller.</summary>
internal static class Prefetch
{
    /// <summary>Makes items on threads of the pool, a bounded number ahead of the caller, and hands them over in order.</summary>
    /// <param name="makers">One for each item; run at the same time as one another.</param>
    /// <param name="ahead">Most items that are made or wait.</param>
    /// <returns>Each item is the caller's; those that were made in vain when the caller stops early are disposed.</returns>
    public static IEnumerable<T> InOrder<T>(IEnumerable<Func<T>> makers, int ahead)
        where T : IDisposable
    {
        var waiting = new Queue<Task<T>>();
        using var source = makers.GetEnumerator();
        try
        {
            while (true)
            {
                while (waiting.Count < ahead && source.MoveNext())
                    waiting.Enqueue(Task.Run(source.Current));
                if (!waiting.TryDequeue(out var next))
                    yield break;
                yield return next.GetAwaiter().GetResult();
            }
        }
        finally
        {
            foreach (var unwanted in waiting)
                unwanted.ContinueWith(made => made.Result.Dispose(), TaskContinuationOptions.OnlyOnRanToCompletion);
        }
    }
}
