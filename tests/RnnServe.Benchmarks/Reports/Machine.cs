using System.Globalization;
using System.Runtime.InteropServices;
using RnnServe.Inference.Onnx;

namespace RnnServe.Benchmarks;

/// <summary>What a number depends on besides the code: processor, system, versions, and the command that gave it.</summary>
internal static class Machine
{
    private const string Processor = "/proc/cpuinfo", Load = "/proc/loadavg";

    /// <summary>Instructions that decide how fast products are, by their names in <see cref="Processor"/>.</summary>
    private static readonly (string Name, string[] Flags)[] Instructions =
        [("AVX2", ["avx2"]), ("AVX-512", ["avx512f"]), ("VNNI", ["avx512_vnni", "avx_vnni"])];

    public static IEnumerable<(string What, string Found)> Facts()
    {
        yield return ("processor", Cpu());
        yield return ("cores", $"{Environment.ProcessorCount}");
        yield return ("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}");
        yield return ("runtime", $"{RuntimeInformation.FrameworkDescription}, ONNX Runtime {OnnxEnvironment.Version}");
        if (File.Exists(Load))
            yield return ("load before", $"{File.ReadAllText(Load).Split(' ')[0]} (runnable threads, mean of the last minute)");
        yield return ("date", DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        yield return ("command", $"`dotnet run -c Release --project tests/RnnServe.Benchmarks -- {Command()}`");
    }

    private static string Cpu()
    {
        if (!File.Exists(Processor))
            return $"{RuntimeInformation.ProcessArchitecture}, of unknown model";
        string[] lines = File.ReadAllLines(Processor);
        string[] flags = Value(lines, "flags").Split(' ');
        return $"{Value(lines, "model name")} (family {Value(lines, "cpu family")}, model {Value(lines, "model")}): "
            + string.Join(", ", Instructions.Select(i => i.Flags.Any(flags.Contains) ? i.Name : $"no {i.Name}"));
    }

    private static string Value(string[] lines, string key) =>
        lines.FirstOrDefault(line => line.Split(':')[0].Trim() == key)?.Split(':', 2)[1].Trim() ?? "unknown";

    private static string Command() =>
        string.Join(' ', Environment.GetCommandLineArgs().Skip(1).Select(word => word.Contains(' ') ? $"'{word}'" : word));
}
