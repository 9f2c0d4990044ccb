using System.CommandLine;
using RnnServe.Inference.Search;

namespace RnnServe.Server.Bulk;

/// <summary>The options that all commands have.</summary>
internal sealed class BulkOptions
{
    private readonly Option<string?> model = new("--model") { Description = "The model's name. Default: the one for the languages." };

    private readonly Option<string?> models = new("--models")
    {
        Description = "Folder of the models. Default: 'models' in this folder, beside the program or above it.",
    };

    private readonly Option<string?> precision = new("--precision") { Description = "fp32 or int8. Default: as the model says." };
    private readonly Option<int?> beam = new("--beam") { Description = "Beam size; 1 is greedy. Default: as the model says." };
    private readonly Option<float?> lengthPenalty = new("--length-penalty") { Description = "0 to 2. Default: as the model says." };
    private readonly Option<int?> maxLength = new("--max-length") { Description = "Most tokens of an answer. Default: as the model says." };

    private readonly Option<string?> output = new("--output", "-o")
    {
        Description = "File for the answers; it appears when all are there. An interrupted command, given again, goes on where it was, "
            + "unless its input is a pipe. Default: standard output, without that.",
    };

    private readonly Option<Shard> shard = new("--shard")
    {
        Description = "K/N: the K-th of N parts of the input; the outputs of all parts, one after the other, are the whole.",
        DefaultValueFactory = _ => Shard.Whole,
        CustomParser = Shard.Parse,
        HelpName = "K/N",
    };

    private readonly Option<int?> shards = new("--shards")
    {
        Description = "N, in a pod of Kubernetes' Indexed Job: --shard K/N, with K - 1 in JOB_COMPLETION_INDEX.",
        HelpName = "N",
    };

    /// <summary>Gives a command these options.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { model, output, shard, shards, beam, lengthPenalty, maxLength, precision, models })
            command.Add(option);
    }

    /// <summary>What was asked for.</summary>
    public BulkSettings Read(ParseResult arguments) => new(
        arguments.GetValue(model),
        arguments.GetValue(output),
        arguments.GetValue(shards) is { } of ? Shard.OfIndexedJob(of) : arguments.GetValue(shard))
    {
        ModelsFolder = arguments.GetValue(models),
        Precision = arguments.GetValue(precision),
        Search = new SearchOptions
        {
            BeamSize = arguments.GetValue(beam),
            LengthPenalty = arguments.GetValue(lengthPenalty),
            MaxLength = arguments.GetValue(maxLength),
        },
    };
}

/// <summary>What a command was asked for.</summary>
/// <param name="Model">The model's name; null: the one for the languages.</param>
/// <param name="Output">File for the answers; null: standard output.</param>
/// <param name="Shard">Which part of the input.</param>
internal sealed record BulkSettings(string? Model, string? Output, Shard Shard)
{
    /// <summary>Folder of the models; null: as the server finds it.</summary>
    public string? ModelsFolder { get; init; }

    /// <summary>Precision of the graphs; null: as the model says.</summary>
    public string? Precision { get; init; }

    /// <summary>How to search.</summary>
    public required SearchOptions Search { get; init; }
}
