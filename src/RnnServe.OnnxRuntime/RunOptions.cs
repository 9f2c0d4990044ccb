using RnnServe.OnnxRuntime.Interop;

namespace RnnServe.OnnxRuntime;

/// <summary>Stops runs of a <see cref="Session"/> from another thread.</summary>
/// <remarks>
/// All members may be called from any thread. Use one instance per run, or per chain of runs of one caller:
/// <code>
/// using var options = new RunOptions();
/// using var registration = options.TerminateOn(cancellation);
/// session.Run(inputs, outputs, options);      // OperationCanceledException once cancellation is requested
/// </code>
/// </remarks>
public sealed unsafe class RunOptions : IDisposable
{
    private readonly NativeHandle native = NativeHandle.Create(&NativeApi.CreateRunOptions, &NativeApi.ReleaseRunOptions);
    private volatile bool terminated;

    /// <summary>Whether runs are being stopped.</summary>
    internal bool IsTerminated => terminated;

    /// <summary>Stops the runs that use these options, those under way within milliseconds and later ones at once.</summary>
    public void Terminate()
    {
        bool referenced = false;
        var options = Acquire(ref referenced);
        try
        {
            terminated = true;   // before the flag, so that a run that it stops sees why
            NativeApi.Check(NativeApi.SetTerminate(options));
        }
        finally
        {
            if (referenced) Release();
        }
    }

    /// <summary>Lets runs go on again after <see cref="Terminate"/>.</summary>
    public void Reset()
    {
        bool referenced = false;
        var options = Acquire(ref referenced);
        try
        {
            NativeApi.Check(NativeApi.UnsetTerminate(options));
            terminated = false;
        }
        finally
        {
            if (referenced) Release();
        }
    }

    /// <summary>Calls <see cref="Terminate"/> when <paramref name="cancellation"/> is requested.</summary>
    /// <returns>What to dispose before these options.</returns>
    public CancellationTokenRegistration TerminateOn(CancellationToken cancellation) =>
        cancellation.UnsafeRegister(static options => ((RunOptions)options!).Terminate(), this);

    /// <summary>Releases the native options, after the runs that use them.</summary>
    public void Dispose() => native.Dispose();

    internal nint Acquire(ref bool referenced)
    {
        native.DangerousAddRef(ref referenced);
        return native.Value;
    }

    internal void Release() => native.DangerousRelease();
}
