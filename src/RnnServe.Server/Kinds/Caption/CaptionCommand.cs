using System.CommandLine;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Server.Bulk;
using RnnServe.Server.Catalog;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Kinds.Caption;

/// <summary>caption: an image in, a line with its path and its caption out.</summary>
internal static class CaptionCommand
{
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".webp", ".gif"];

    public static Command Create()
    {
        var options = new BulkOptions();
        var images = new Argument<string[]>("images")
        {
            Description = "Files, or folders with JPEG, PNG, WebP and GIF files. Default: a path in each line of standard input.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var language = new Option<string?>("--language") { Description = "Language of the captions, as a BCP 47 code." };
        var command = new Command("caption", "Caption images: a line for each with its path, a tab and the caption, on all cores.")
        {
            images, language,
        };
        options.AddTo(command);
        command.SetAction((arguments, stop) =>
            RunAsync(options.Read(arguments), arguments.GetRequiredValue(images), arguments.GetValue(language), stop));
        return command;
    }

    private static async Task<int> RunAsync(BulkSettings settings, string[] asked, string? language, CancellationToken stop)
    {
        using var standardInput = new StreamReader(Console.OpenStandardInput());
        string[] all = [.. (asked.Length > 0 ? asked : InputLines.Of(standardInput)).Where(path => path.Length > 0).SelectMany(Files)];
        if (all.FirstOrDefault(path => path.AsSpan().ContainsAny('\t', '\n')) is { } odd)
            throw new BulkException($"'{odd}' has a tab or a line feed, which the lines of the output cannot have.");
        string[] paths = all[settings.Shard.Items(all.Length)];
        var choice = new ModelChoice(CaptionKind.Model, settings.Model)
        {
            Target = language,
            TargetField = "language",
            Hint = "name one with --model, or give --language",
        };
        await using var host = await BulkHost.StartAsync(settings, choice, ServerKinds.All.Select(kind => kind.Model), stop);
        var captioner = (Captioner)host.Model.Model;

        string work = $"caption {host.Identity} {settings.Search}\n{string.Join('\n', paths.Select(Seen))}";
        using var output = BulkOutput.Open(settings.Output, work);
        var progress = new BulkProgress("images", paths.Length, TimeProvider.System);
        int failed = output.Unanswered;
        await new BulkRun(output, progress).RunAsync(paths, 1, async group => [$"{group[0]}\t{await CaptionAsync(group[0])}"], stop);
        if (failed > 0)
            progress.Say($"{failed} images could not be captioned; their lines end behind the tab.");
        return failed > 0 ? 1 : 0;

        async Task<string> CaptionAsync(string path)
        {
            try
            {
                return (await captioner.CaptionAsync([await ReadAsync(path, host.Limits, stop)], settings.Search, stop))[0].Text;
            }
            catch (Exception error) when (error is ImageRefusedException || IsUnreadable(error))
            {
                Interlocked.Increment(ref failed);
                progress.Say($"{path}: {error.Message}");
                return "";
            }
        }
    }

    /// <summary>A file as it is now: a changed one is another, also behind a link. It is not opened: who writes into a pipe would take that
    /// for its reader. What cannot be looked at is its path alone; the run says why.</summary>
    private static string Seen(string path)
    {
        try
        {
            var file = new FileInfo(path);
            file = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            return $"{path}\t{file.LastWriteTimeUtc.Ticks} {(file.Exists ? file.Length : 0)}";
        }
        catch (Exception error) when (IsUnreadable(error))
        {
            return path;
        }
    }

    private static bool IsUnreadable(Exception error) => error is IOException or UnauthorizedAccessException or ArgumentException;

    private static async Task<byte[]> ReadAsync(string path, LimitsOptions limits, CancellationToken stop)
    {
        await using var file = File.OpenRead(path);
        if (file.CanSeek && file.Length > limits.MaxImageBytes)
            throw new IOException($"The file has {file.Length} bytes; the most is {limits.MaxImageBytes}.");
        using var content = new MemoryStream();
        await file.CopyToAsync(content, stop);
        return content.ToArray();
    }

    private static IEnumerable<string> Files(string path) => Directory.Exists(path)
        ? Directory.EnumerateFiles(path)
            .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)
        : [path];
}
