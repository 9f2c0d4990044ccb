using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RnnServe.OnnxRuntime.Interop;

/// <summary>Owns a session and the names that every run passes to it.</summary>
internal sealed unsafe class SessionHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <summary>The session, for a caller that holds a reference.</summary>
    internal nint Value => handle;

    /// <summary>Names of the inputs, in the graph's order, NUL-terminated UTF-8.</summary>
    internal byte** InputNames { get; private set; }

    /// <summary>Names of the outputs, likewise.</summary>
    internal byte** OutputNames { get; private set; }

    /// <summary>Creates the session of a model file.</summary>
    internal static SessionHandle Open(string path, SessionOptions options)
    {
        using var native = NativeSessionOptions.Create(options);
        var owner = new SessionHandle();
        nint session;
        fixed (byte* text = NativeText.Path(path))
            NativeApi.Check(NativeApi.CreateSession(OnnxEnvironment.Handle.Value, text, native.Value, &session));
        owner.SetHandle(session);
        return owner;
    }

    /// <summary>Creates the session of a model in memory.</summary>
    internal static SessionHandle Open(ReadOnlySpan<byte> model, SessionOptions options)
    {
        if (model.IsEmpty) throw new ArgumentException("The model is empty.", nameof(model));
        using var native = NativeSessionOptions.Create(options);
        var owner = new SessionHandle();
        nint session;
        fixed (byte* bytes = model)
        {
            NativeApi.Check(NativeApi.CreateSessionFromBytes(
                OnnxEnvironment.Handle.Value, bytes, (nuint)model.Length, native.Value, &session));
        }

        owner.SetHandle(session);
        return owner;
    }

    /// <summary>Keeps native copies of the names for as long as the session lives.</summary>
    internal void KeepNames(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs)
    {
        InputNames = NativeText.Block(inputs);
        OutputNames = NativeText.Block(outputs);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeApi.ReleaseSession(handle);
        NativeMemory.Free(InputNames);
        NativeMemory.Free(OutputNames);
        return true;
    }
}
