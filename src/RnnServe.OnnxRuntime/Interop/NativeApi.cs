using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnServe.OnnxRuntime.Interop;

/// <summary>The functions of ONNX Runtime's C API that the binding uses, by their index in its function table.</summary>
/// <remarks>
/// Every native object is a <see cref="nint"/> here. Functions return a status, 0 for success, to be given to
/// <see cref="Check"/>; those that release return nothing and accept 0.
/// </remarks>
internal static unsafe partial class NativeApi
{
    // The lowest version of the API that has every index below: older builds of the library stay usable.
    private const uint ApiVersion = 12;

    private static readonly Lock Gate = new();
    private static volatile nint* table;
    private static delegate* unmanaged[Cdecl]<byte*> getVersion;

    /// <summary>Version of the loaded library, such as "1.30.0".</summary>
    internal static string Version
    {
        get
        {
            _ = Table;
            return NativeText.Read(getVersion());
        }
    }

    private static nint* Table => table is not null ? table : LoadTable();

    /// <summary>Releases a failed call's status and throws what it says.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Check(nint status)
    {
        if (status != 0) throw TakeError(status);
    }

    /// <summary>Turns a failed call's status into an exception and releases it.</summary>
    internal static OnnxRuntimeException TakeError(nint status)
    {
        try
        {
            return new OnnxRuntimeException((OnnxRuntimeErrorCode)GetErrorCode(status), NativeText.Read(GetErrorMessage(status)));
        }
        finally
        {
            ReleaseStatus(status);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint* LoadTable()
    {
        lock (Gate)
        {
            if (table is not null) return table;
            var library = LibraryLocator.OnnxRuntime.Load();
            var getBase = (delegate* unmanaged[Cdecl]<nint*>)NativeLibrary.GetExport(library, "OrtGetApiBase");
            nint* apiBase = getBase();
            getVersion = (delegate* unmanaged[Cdecl]<byte*>)apiBase[1];
            var loaded = (nint*)((delegate* unmanaged[Cdecl]<uint, nint>)apiBase[0])(ApiVersion);
            if (loaded is null)
                throw new NotSupportedException($"ONNX Runtime {NativeText.Read(getVersion())} is older than 1.{ApiVersion}.");
            return table = loaded;
        }
    }
}
