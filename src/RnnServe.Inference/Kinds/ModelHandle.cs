using RnnServe.Inference.Scheduling;

namespace RnnServe.Inference.Kinds;

/// <summary>A model that may be replaced or unloaded while requests use it: it is disposed when it is retired and the last lease has ended,
/// so that nobody gets a disposed model. Thread-safe.</summary>
/// <param name="model">The model; it belongs to the handle from now on.</param>
public sealed class ModelHandle(IModel model)
{
    private readonly TaskCompletionSource disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private int leases;
    private bool retired;

    /// <summary>The model, to look at what it is; whoever asks it something needs a lease.</summary>
    public IModel Model => model;

    /// <summary>Holds the model for a request; null once it is retired.</summary>
    public ModelLease? TryLease()
    {
        lock (gate)
        {
            if (retired)
                return null;
            leases++;
            return new ModelLease(this);
        }
    }

    /// <summary>Gives out no more leases, and disposes the model when the last one has ended.</summary>
    /// <returns>Completes when it is disposed.</returns>
    public Task RetireAsync()
    {
        lock (gate)
        {
            if (retired)
                return disposed.Task;
            retired = true;
            if (leases > 0)
                return disposed.Task;
        }

        _ = DisposeAsync();
        return disposed.Task;
    }

    internal void EndLease()
    {
        lock (gate)
        {
            if (--leases > 0 || !retired)
                return;
        }

        _ = DisposeAsync();
    }

    private async Task DisposeAsync()
    {
        try
        {
            await model.DisposeAsync().ConfigureAwait(false);
            IdleMemory.GiveBack();      // whoever replaces models under load never sees the workers idle
            disposed.SetResult();
        }
        catch (Exception error)
        {
            disposed.SetException(error);
        }
    }
}

/// <summary>Keeps a model loaded until it is disposed.</summary>
public sealed class ModelLease : IDisposable
{
    private ModelHandle? handle;

    internal ModelLease(ModelHandle handle) => (this.handle, Model) = (handle, handle.Model);

    /// <summary>The model.</summary>
    public IModel Model { get; }

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref handle, null)?.EndLease();
}
