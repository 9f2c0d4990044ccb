using System.Diagnostics;
using System.Text;

namespace RnnServe.Tests;

/// <summary>A folder of the tests with programs for Node.js, whose packages are installed as its lock file has them.</summary>
/// <param name="name">Of the folder beside the tests' program into which they are installed.</param>
/// <param name="source">The folder's path in the repository.</param>
internal sealed class NodeFolder(string name, params string[] source)
{
    private readonly Lazy<string> folder = new(() => Install(name, TestData.InRepository(source)));

    /// <summary>Runs a program; without Node.js the test is skipped.</summary>
    /// <param name="program">Its file.</param>
    /// <param name="input">What it reads.</param>
    /// <returns>What it printed.</returns>
    public string Run(string program, string input)
    {
        foreach (string tool in (string[])["node", "npm"])
            Skip.Unless(ThisMachine.Find(tool) is not null, $"the packages of '{name}' need '{tool}' on PATH.");
        return Run(folder.Value, "node", [program], input);
    }

    private static string Install(string name, string source)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, name);
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(source))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);

        // Written when npm has finished, so that a broken installation is done again.
        var installed = Path.Combine(folder, "node_modules", ".installed");
        var wanted = File.ReadAllText(Path.Combine(source, "package-lock.json"));
        if (!File.Exists(installed) || File.ReadAllText(installed) != wanted)
        {
            Run(folder, "npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], "");
            File.WriteAllText(installed, wanted);
        }

        return folder;
    }

    private static string Run(string folder, string program, string[] arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {error.Result}");
        return output.Result;
    }
}
