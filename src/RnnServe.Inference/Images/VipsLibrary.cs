using NetVips;

namespace RnnServe.Inference.Images;

/// <summary>libvips, loaded by NetVips and set up once in a process.</summary>
internal static class VipsLibrary
{
    private static readonly Lazy<bool> Ready = new(SetUp);

    /// <summary>Loads the library on the first call.</summary>
    /// <exception cref="DllNotFoundException">It is missing or does not start.</exception>
    public static void Load() => _ = Ready.Value;

    private static bool SetUp()
    {
        if (!ModuleInitializer.VipsInitialized)
            throw new DllNotFoundException($"libvips does not start: {ModuleInitializer.Exception.Message}", ModuleInitializer.Exception);

        // Damaged images would otherwise write a line each to standard error.
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.LevelMask, static (_, _, _) => { });

        // Requests decode side by side already, and no two of them share a result.
        NetVips.NetVips.Concurrency = 1;
        Cache.Max = 0;

        // The library can read much more than anyone should send to a server: SVG, TIFF, PDF, files named in files.
        Operation.Block("VipsForeignLoad", true);
        foreach (var type in ImageType.All)
            Operation.Block(type.LoaderClass, false);
        return true;
    }
}
