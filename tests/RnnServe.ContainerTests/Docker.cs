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

    /// <summary>Which of several images is not here, or null: the tests do not download any.</summary>
    public static async Task<string?> ReasonForNoImageAsync(params string[] images)
    {
        string there = await RunAsync("images", "--format", "{{.Repository}}:{{.Tag}}");
        return images.FirstOrDefault(image => !there.Split('\n').Contains(image)) is { } missing ? $"needs the image {missing}." : null;
    }

    /// <summary>What the command prints.</summary>
    /// <exception cref="Win32Exception">There is no such program.</exception>
    /// <exception cref="DockerException">It fails.</exception>
    public static Task<string> RunAsync(params IReadOnlyList<string> arguments) =>
        RunAsync(new Dictionary<string, string>(), arguments);

    /// <param name="environment">Variables for the command.</param>
    /// <param name="arguments">Of the command.</param>
    /// <inheritdoc cref="RunAsync(IReadOnlyList{string})"/>
    public static async Task<string> RunAsync(IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("docker", arguments)
        {
            WorkingDirectory = TestData.RepositoryRoot,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await output : throw new DockerException($"docker {string.Join(' ', arguments)}: {error.Trim()}");
    }
}

internal sealed class DockerException(string message) : Exception(message);
