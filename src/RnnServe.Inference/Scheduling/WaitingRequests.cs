namespace RnnServe.Inference.Scheduling;

/// <summary>The requests of a lane that wait, in the order in which they give a job each: their callers in turn, and of a caller one
/// request after the other. Changed under the queue's lock; the numbers are read without.</summary>
internal sealed class WaitingRequests
{
    private readonly LinkedList<Caller> turns = [];
    private readonly Dictionary<string, Caller> callers = [];
    private volatile int count;
    private volatile int cost;

    /// <summary>Jobs that wait.</summary>
    public int Count => count;

    /// <summary>What they cost.</summary>
    public int Cost => cost;

    /// <summary>The request whose turn it is; null when none waits. It may have been forgotten since.</summary>
    public WaitingRequest? First => turns.First?.Value.Requests.First?.Value;

    /// <summary>Lets a request wait behind the others of its caller.</summary>
    public void AddLast(WaitingRequest request)
    {
        string caller = request.Origin.Caller;
        if (!callers.TryGetValue(caller, out var of))
        {
            callers.Add(caller, of = new(caller));
            turns.AddLast(of);
        }

        (request.Lane, request.Caller) = (this, of);
        request.Place = of.Requests.AddLast(request);
    }

    /// <summary>Gives the next caller its turn; the request comes again when its caller's others have had theirs.</summary>
    public void Turn(WaitingRequest request)
    {
        var of = request.Caller!;
        of.Requests.RemoveFirst();
        turns.RemoveFirst();
        if (request.Jobs.Count > 0)
            request.Place = of.Requests.AddLast(request);
        if (of.Requests.Count > 0)
            turns.AddLast(of);
        else
            callers.Remove(of.Name);
    }

    /// <summary>Counts a job that comes or goes.</summary>
    public void Add(int jobCost, int sign)
    {
        count += sign;
        cost += sign * jobCost;
    }

    /// <summary>Takes a request out, wherever it is.</summary>
    public void Remove(WaitingRequest request)
    {
        var of = request.Caller!;
        if (request.Place.List is null)
            return;
        of.Requests.Remove(request.Place);
        if (of.Requests.Count > 0)
            return;
        turns.Remove(of);
        callers.Remove(of.Name);
    }

    /// <summary>Who has requests that wait.</summary>
    internal sealed class Caller(string name)
    {
        public string Name => name;

        public LinkedList<WaitingRequest> Requests { get; } = [];
    }
}

/// <summary>A request of which jobs wait.</summary>
/// <param name="origin">Whose it is.</param>
/// <param name="jobs">In the order in which they are taken.</param>
internal sealed class WaitingRequest(RequestOrigin origin, IEnumerable<Job> jobs)
{
    public RequestOrigin Origin => origin;

    public Queue<Job> Jobs { get; } = new(jobs);

    /// <summary>Where it waits.</summary>
    public WaitingRequests? Lane { get; set; }

    public WaitingRequests.Caller? Caller { get; set; }

    public LinkedListNode<WaitingRequest> Place { get; set; } = null!;
}
