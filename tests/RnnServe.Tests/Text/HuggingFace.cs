using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RnnServe.Inference.Text;

namespace RnnServe.Tests.Text;

/// <summary>Hugging Face's own tokenizer library, the one in Rust, from npm, as the judge of ours.</summary>
internal static class HuggingFace
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);
    private static readonly Lazy<string> Folder = new(Install);

    public sealed record Answer(int[] Ids, string Text);

    public static Answer[] Tokenize(byte[] tokenizer, IEnumerable<string> texts) => Ask<Answer[]>(new JsonObject
    {
        ["tokenizer"] = JsonNode.Parse(tokenizer),
        ["texts"] = ToArray(texts),
    });

    /// <summary>The texts in form NFC, or another; null for those that the JavaScript engine's Unicode does not know in full.</summary>
    public static string?[] Normalize(IEnumerable<string> texts, string form = "NFC") =>
        Ask<string?[]>(new JsonObject { ["normalize"] = ToArray(texts), ["form"] = form });

    /// <summary>Fails unless ours and theirs agree on the ids of every text, and on the text of these ids.</summary>
    public static void AssertSame(Tokenizer tokenizer, IReadOnlyList<string> texts)
    {
        var answers = Tokenize(tokenizer.ToJson(), texts);
        Assert.Equal(texts.Count, answers.Length);
        foreach (var (text, answer) in texts.Zip(answers))
        {
            var ids = tokenizer.Encode(text);
            Assert.True(
                answer.Ids.AsSpan().SequenceEqual(ids),
                $"{JsonSerializer.Serialize(text)}: ours [{Show(tokenizer, ids)}], theirs [{Show(tokenizer, answer.Ids)}]");
            Assert.Equal(answer.Text, tokenizer.Decode(ids));
        }
    }

    private static string Show(Tokenizer tokenizer, int[] ids) => string.Join(' ', ids.Select(tokenizer.TokenText));

    private static JsonArray ToArray(IEnumerable<string> texts) => [.. texts.Select(text => JsonValue.Create(text))];

    private static T Ask<T>(JsonObject question)
    {
        foreach (string program in (string[])["node", "npm"])
            Skip.Unless(IsOnPath(program), $"Hugging Face's library needs '{program}' on PATH.");
        return JsonSerializer.Deserialize<T>(Run(Folder.Value, "node", ["tokenize.mjs"], question.ToJsonString()), Web)!;
    }

    private static bool IsOnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => ((string[])["", ".exe", ".cmd"]).Any(ending => File.Exists(Path.Combine(folder, program + ending))));

    private static string Install()
    {
        var source = TestData.InRepository("tests", "RnnServe.Tests", "Text", "huggingface");
        var folder = Path.Combine(AppContext.BaseDirectory, "huggingface");
        Directory.CreateDirectory(folder);
        foreach (var file in (string[])["package.json", "package-lock.json", "tokenize.mjs"])
            File.Copy(Path.Combine(source, file), Path.Combine(folder, file), overwrite: true);

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
