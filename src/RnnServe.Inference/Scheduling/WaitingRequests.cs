namespace RnnServe.Inference.Scheduling;

/// <summary>Requests that wait, in the order in which they give a sentence each. Changed under the queue's lock; the counts are read without.</summary>
internal sealed class WaitingRequests
{
    private volatile int count;
    private volatile int rows;

    public LinkedList<Queue<DecodeJob>> Requests { get; } = [];

    /// <summary>Sentences waiting.</summary>
    public int Count => count;

    /// <summary>What they count in rows.</summary>
    public int Rows => rows;

    /// <summary>Counts a sentence that comes or goes.</summary>
    /// <param name="jobRows">Its rows.</param>
    /// <param name="sign">1 or -1.</param>
    public void Add(int jobRows, int sign)
    {
        count += sign;
        rows += sign * jobRows;
    }
}
