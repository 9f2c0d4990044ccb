using System.Runtime.InteropServices;

namespace RnnServe.Inference.Images;

/// <summary>Finds and loads a native library that the build copies beside the program.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="PathVariable">Environment variable with the path of another build of it.</param>
/// <param name="Windows">Name of its file on Windows.</param>
/// <param name="MacOs">The same on macOS.</param>
/// <param name="Linux">The same on Linux.</param>
internal sealed record LibraryLocator(string Name, string PathVariable, string Windows, string MacOs, string Linux)
{
    internal static readonly LibraryLocator OnnxRuntime = new(
        "ONNX Runtime", "RNNSERVE_ONNXRUNTIME", "onnxruntime.dll", "libonnxruntime.1.dylib", "libonnxruntime.so.1");

    /// <summary>Loads the first library that exists: the environment variable's, else the program's own.</summary>
    /// <exception cref="DllNotFoundException">None exists, or the one that exists cannot be loaded.</exception>
    internal nint Load() => Load(Environment.GetEnvironmentVariable(PathVariable), AppContext.BaseDirectory);

    /// <inheritdoc cref="Load()"/>
    /// <param name="chosenPath">Path that the user chose; nothing else is tried then.</param>
    /// <param name="folder">Folder of the program.</param>
    internal nint Load(string? chosenPath, string folder)
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
                throw new DllNotFoundException($"The {Name} library '{path}' could not be loaded: {e.Message}", e);
            }
        }

        throw new DllNotFoundException(
            $"The {Name} library was not found. Tried: {string.Join(", ", paths)}. " +
            $"Build the program again, or set {PathVariable} to the library's path.");
    }

    private (string Os, string File) Platform()
    {
        if (OperatingSystem.IsWindows()) return ("win", Windows);
        if (OperatingSystem.IsMacOS()) return ("osx", MacOs);
        return ("linux", Linux);
    }
}
