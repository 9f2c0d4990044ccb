namespace RnnServe.Training.Loop;

/// <summary>The files of one training: recipe, tokenizers, checkpoints, log and plots.</summary>
/// <param name="path">The folder, which is created when it is absent.</param>
internal sealed class RunFolder(string path)
{
    private const string BestName = "best.ckpt";

    public string Path { get; } = System.IO.Path.TrimEndingDirectorySeparator(Directory.CreateDirectory(path).FullName);

    /// <summary>The recipe as it is used: every default and override written out.</summary>
    public string Recipe => In("recipe.json");

    /// <summary>The tokenizer of both languages, when it is joint.</summary>
    public string Tokenizer => In("tokenizer.json");

    public string SourceTokenizer => In("source.tokenizer.json");

    public string TargetTokenizer => In("target.tokenizer.json");

    /// <summary>The newest checkpoint.</summary>
    public string Latest => In("latest.ckpt");

    /// <summary>The checkpoint before the newest: used when that one is damaged.</summary>
    public string Previous => In("previous.ckpt");

    /// <summary>The averaged weights with the best validation score.</summary>
    public string Best => In(BestName);

    /// <summary>One JSON object a line.</summary>
    public string Log => In("log.jsonl");

    /// <summary>The network for images that a training exports.</summary>
    public string Network => In("features.onnx");

    /// <summary>Folder of cached features of photos, beside this one: trainings with the same CNN and photos share them.</summary>
    public string Features => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, "features");

    public string LossPlot => In("loss.svg");

    public string ScorePlot => In("score.svg");

    /// <summary>The folder of a training that another one starts from.</summary>
    /// <exception cref="UserException">It has no best weights.</exception>
    public static RunFolder Validated(string path) => File.Exists(System.IO.Path.Combine(path, BestName))
        ? new RunFolder(path)
        : throw new UserException($"'{path}' holds no training that was validated: it needs recipe.json and {BestName}.");

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
