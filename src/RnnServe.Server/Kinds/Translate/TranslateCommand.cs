using System.CommandLine;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Server.Bulk;
using RnnServe.Server.Catalog;

namespace RnnServe.Server.Kinds.Translate;

/// <summary>translate: a line in, its translation out.</summary>
internal static class TranslateCommand
{
    /// <summary>Lines of one call: of many, those of like length run together. Who writes into a pipe may be slow, and waits for
    /// fewer.</summary>
    private const int OfFile = 256, OfPipe = 32;

    public static Command Create()
    {
        var options = new BulkOptions();
        var input = new Option<FileInfo?>("--input", "-i")
        {
            Description = "File with a text in each line. Default: standard input, which may be a file as well.",
        };
        var source = new Option<string?>("--source") { Description = "Language of the texts, as a BCP 47 code." };
        var target = new Option<string?>("--target") { Description = "Language to translate into." };
        var command = new Command("translate", "Translate the lines of a text: one line out for each line in, on all cores.")
        {
            input, source, target,
        };
        options.AddTo(command);
        command.SetAction((arguments, stop) => RunAsync(
            options.Read(arguments), arguments.GetValue(input), arguments.GetValue(source), arguments.GetValue(target), stop));
        return command;
    }

    private static async Task RunAsync(BulkSettings settings, FileInfo? file, string? source, string? target, CancellationToken stop)
    {
        using var input = BulkInput.Open(file);
        if (settings.Shard != Shard.Whole && input.Count is null)
            throw new BulkException("--shard needs a file, by --input or '<': of a pipe nobody knows how long it is.");
        var choice = new ModelChoice(TranslateKind.Model, settings.Model)
        {
            Source = source,
            Target = target,
            Hint = "name one with --model, or give --source and --target",
        };
        await using var host = await BulkHost.StartAsync(settings, choice, ServerKinds.All.Select(kind => kind.Model), stop);
        var translator = (Translator)host.Model.Model;

        string? work = input.Hash is { } hash ? $"translate {hash} {host.Identity} {settings.Shard} {settings.Search}" : null;
        using var output = BulkOutput.Open(settings.Output, work);
        var lines = input.Count is { } count ? input.Lines.Take(settings.Shard.Items(count)) : input.Lines;
        int? ofShard = input.Count is { } all ? settings.Shard.Items(all).GetOffsetAndLength(all).Length : null;
        await new BulkRun(output, new BulkProgress("lines", ofShard, TimeProvider.System)).RunAsync(
            lines,
            input.Count is null ? OfPipe : OfFile,
            async group => [.. (await translator.TranslateAsync(group, settings.Search, stop)).Select(found => found.Text)],
            stop);
    }
}
