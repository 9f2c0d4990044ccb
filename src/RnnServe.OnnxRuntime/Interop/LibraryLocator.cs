using System.Runtime.InteropServices;

namespace RnnServe.OnnxRuntime.Interop;

/// <summary>Finds and loads the ONNX Runtime library.</summary>
internal static class LibraryLocator
{
    /// <summary>Environment variable with the path of another build of the library.</summary>
    internal const string PathVariable = "RNNSERVE_ONNXRUNTIME";

    /// <summary>Loads the first library that exists: the environment variable's, else the program's own.</summary>
    /// <exception cref="DllNotFoundException">None exists, or the one that exists cannot be loaded.</exception>
    internal static nint Load() => Load(Environment.GetEnvironmentVariable(PathVariable), AppContext.BaseDirectory);

    /// <inheritdoc cref="Load()"/>
    /// <param name="chosenPath">Path that the user chose; nothing else is tried then.</param>
    /// <param name="folder">Folder of the program.</param>
    internal static nint Load(string? chosenPath, string folder)
    {
        var (os, file) = Platform();
        var rid = $"{os}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        string[] paths = string.IsNullOrEmpty(chosenPath)
            ? [Path.Combine(folder, "runtimes", rid, "native", file), Path.Combine(folder, file)]
            : [chosenPath];

        foreach (var path in paths)
        {
            if (!File.Exists(path)) continue;
            try
            {
                return NativeLibrary.Load(path);
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                throw new DllNotFoundException($"The ONNX Runtime library '{path}' could not be loaded: {e.Message}", e);
            }
        }

        throw new DllNotFoundException(
            $"The ONNX Runtime library was not found. Tried: {string.Join(", ", paths)}. " +
            $"Build the program again, or set {PathVariable} to the library's path.");
    }

    private static (string Os, string File) Platform()
    {
        if (OperatingSystem.IsWindows()) return ("win", "onnxruntime.dll");
        if (OperatingSystem.IsMacOS()) return ("osx", "libonnxruntime.1.dylib");
        return ("linux", "libonnxruntime.so.1");
    }
}
