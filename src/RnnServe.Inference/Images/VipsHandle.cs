using Microsoft.Win32.SafeHandles;

namespace RnnServe.Inference.Images;

/// <summary>Owns one reference to an object of libvips.</summary>
internal class VipsHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <param name="instance">The object; its reference is taken over.</param>
    public VipsHandle(nint instance)
        : base(ownsHandle: true) => SetHandle(instance);

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        VipsApi.Unref(handle);
        return true;
    }
}
