using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using RnnServe.Server.Bulk;

namespace RnnServe.Server.Commands;

/// <summary>models: what the models folder has, from the command line.</summary>
internal static class ModelsCommand
{
    public static Command Create()
    {
        var models = new Option<string?>("--models")
        {
            Description = "Folder of the models. Default: 'models' in this folder, beside the program or above it.",
        };
        var json = new Option<bool>("--json") { Description = "JSON on standard output instead of text." };
        return new Command("models", "List, show and check models. Graphs are opened by 'check' alone.")
        {
            List(models, json), Show(models, json), Check(json),
        };
    }

    private static Command List(Option<string?> models, Option<bool> json)
    {
        var command = new Command("list", "List every version of every model.") { models, json };
        command.SetAction(arguments => Write(Read(arguments.GetValue(models)).Entries, arguments.GetValue(json)));
        return command;

        static void Write(IReadOnlyList<ManifestEntry> entries, bool asJson)
        {
            if (asJson)
                WriteJson(new() { Models = [.. entries.Select(ManifestCard.BodyOf)] }, CommandJson.Default.ModelsResponse);
            else
                ManifestTable.Write(entries, Console.Out);
        }
    }

    private static Command Show(Option<string?> models, Option<bool> json)
    {
        var name = new Argument<string>("name") { Description = "Name of a model." };
        var version = new Option<int?>("--version") { Description = "Which version. Default: the highest." };
        var command = new Command("show", "Show the card of a model: scores, licence, limits and files.") { name, version, models, json };
        command.SetAction(arguments =>
        {
            var entry = Find(Read(arguments.GetValue(models)).Entries, arguments.GetRequiredValue(name), arguments.GetValue(version));
            if (arguments.GetValue(json))
                WriteJson(ManifestCard.BodyOf(entry), CommandJson.Default.ModelBody);
            else
                ManifestCard.Write(entry, Console.Out);
            return entry.Fault is null ? 0 : 1;
        });
        return command;
    }

    private static Command Check(Option<bool> json)
    {
        var folder = new Argument<string>("folder") { Description = "Folder of a version, such as models/NAME/1." };
        var command = new Command("check", "Check a version: its files, its graphs and its canary in each precision. Exit code 1: bad.")
        {
            folder, json,
        };
        command.SetAction(async (arguments, stop) =>
        {
            var found = await BundleCheck.RunAsync(arguments.GetRequiredValue(folder), stop);
            if (arguments.GetValue(json))
                WriteJson(found, CommandJson.Default.BundleCheck);
            else
                await Console.Out.WriteLineAsync(found.Line);
            return found.Ok ? 0 : 1;
        });
        return command;
    }

    /// <exception cref="BulkException">There is no model.</exception>
    private static ManifestList Read(string? folder)
    {
        var list = ManifestList.Of(folder);
        return list.Fault is { } fault ? throw new BulkException(fault) : list;
    }

    /// <exception cref="BulkException">There is no such model, or no such version.</exception>
    private static ManifestEntry Find(IReadOnlyList<ManifestEntry> entries, string name, int? version)
    {
        var versions = entries.Where(entry => entry.Name == name).ToList();
        if (versions.Count == 0)
            throw new BulkException($"There is no model '{name}'; there is {string.Join(", ", entries.Select(e => e.Name).Distinct())}.");
        return versions.Find(entry => version is null || entry.Version == version)
            ?? throw new BulkException(
                $"There is no version {version} of '{name}'; there is {string.Join(", ", versions.Select(entry => entry.Version))}.");
    }

    private static void WriteJson<T>(T value, JsonTypeInfo<T> type) => Console.Out.WriteLine(JsonSerializer.Serialize(value, type));
}
