using System.ComponentModel;
using System.Diagnostics;
using RnnServe.Tests;

namespace RnnServe.ContainerTests;

/// <summary>The docker program.</summary>
/// <remarks>
/// It builds the image, as README.md's command does, because the engine's API that Testcontainers builds by knows no RUN --mount.
/// </remarks>
internal static class Docker
{
    /// <summary>Why no container can be built and started here, or null.</summary>
    public static async Task<string?> ReasonForNoneAsync()
    {
        try
        {
            await RunAsync("version");
            await RunAsync("compose", "version");
            return null;
        }
        catch (Win32Exception e)
        {
            return $"needs Docker: {e.Message}";
        }
        catch (DockerException e)
        {
            return $"needs Docker with compose: {e.Message}";
        }
    }

    /// <summary>What the command prints.</summary>
    /// <exception cref="Win32Exception">There is no such program.</exception>
    /// <exception cref="DockerException">It fails.</exception>
    public static async Task<string> RunAsync(params IReadOnlyList<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("docker", arguments)
        {
            WorkingDirectory = TestData.RepositoryRoot,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await output : throw new DockerException($"docker {string.Join(' ', arguments)}: {error.Trim()}");
    }
}

internal sealed class DockerException(string message) : Exception(message);
