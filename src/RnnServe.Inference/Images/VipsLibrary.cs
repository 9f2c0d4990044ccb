using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnServe.Inference.Images;

/// <summary>libvips, loaded and set up once in a process.</summary>
internal static unsafe class VipsLibrary
{
    private const int AllLogLevels = -4;     // without GLib's two flags

    private static readonly LibraryLocator Locator = new("libvips", "RNNSERVE_LIBVIPS", "libvips.dll", "libvips.dylib", "libvips.so");
    private static readonly Lazy<bool> Ready = new(SetUp);

    /// <summary>Loads the library on the first call.</summary>
    /// <exception cref="DllNotFoundException">It is missing or does not start.</exception>
    public static void Load() => _ = Ready.Value;

    private static bool SetUp()
    {
        nint library = Locator.Load();
        NativeLibrary.SetDllImportResolver(
            Assembly.GetExecutingAssembly(), (name, _, _) => name == VipsApi.Library ? library : 0);

        // Damaged images would otherwise write a line each to standard error.
        VipsApi.SetLogHandler("VIPS", AllLogLevels, &Ignore, 0);
        if (VipsApi.Init("rnnserve") != 0)
            throw new DllNotFoundException($"libvips does not start: {VipsError.Take()}");

        // Requests decode side by side already, and no two of them share a result.
        VipsApi.SetConcurrency(1);
        VipsApi.SetCachedOperations(0);

        // The library can read much more than anyone should send to a server: SVG, TIFF, PDF, files named in files.
        VipsApi.SetBlocked("VipsForeignLoad", 1);
        foreach (var type in ImageType.All)
            VipsApi.SetBlocked(type.LoaderClass, 0);
        return true;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Ignore(byte* domain, int level, byte* message, nint data)
    {
    }
}
