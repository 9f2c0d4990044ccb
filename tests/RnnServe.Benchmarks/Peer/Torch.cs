using System.Diagnostics;
using RnnServe.Training;

namespace RnnServe.Benchmarks;

/// <summary>PyTorch, where a Python of this machine has it.</summary>
internal static class Torch
{
    private static readonly Lazy<string?> Found = new(() =>
        new[] { "python3", "/usr/bin/python3" }.FirstOrDefault(program => Output(program, "-c", "import torch, numpy") is not null));

    /// <summary>The first Python that has it; null where none does.</summary>
    public static string? Python => Found.Value;

    /// <summary>What to say where there is none.</summary>
    public static string Missing => "python3 with torch and numpy is not here (Debian: python3-torch, python3-numpy, libopenblas0-pthread)";

    /// <summary>Runs one of the scripts beside this program.</summary>
    /// <returns>What it prints.</returns>
    public static string Run(string script, params ReadOnlySpan<string> arguments) =>
        Output(Python ?? throw new UserException($"{Missing}."), [Path.Combine(AppContext.BaseDirectory, "Peer", script), .. arguments])
        ?? throw new UserException("PyTorch failed; its messages are above.");

    /// <summary>What a program prints; null where it fails.</summary>
    private static string? Output(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
            using var process = Process.Start(start)!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
