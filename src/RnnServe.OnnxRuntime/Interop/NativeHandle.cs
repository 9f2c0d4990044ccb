using Microsoft.Win32.SafeHandles;

namespace RnnServe.OnnxRuntime.Interop;

/// <summary>Owns one native object and releases it by its own function.</summary>
internal sealed unsafe class NativeHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly delegate*<nint, void> release;

    /// <param name="release">Function that releases the object.</param>
    internal NativeHandle(delegate*<nint, void> release)
        : base(ownsHandle: true) => this.release = release;

    /// <summary>The object, for a caller that keeps this handle alive meanwhile.</summary>
    internal nint Value => handle;

    /// <summary>Makes an object and owns it.</summary>
    internal static NativeHandle Create(delegate*<nint*, nint> create, delegate*<nint, void> release)
    {
        var owner = new NativeHandle(release);
        nint created;
        NativeApi.Check(create(&created));
        owner.Own(created);
        return owner;
    }

    /// <summary>Takes over an object.</summary>
    internal void Own(nint created) => SetHandle(created);

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        release(handle);
        return true;
    }
}
