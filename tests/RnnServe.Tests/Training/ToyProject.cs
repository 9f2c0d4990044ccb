using System.CommandLine;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Training.Commands;

namespace RnnServe.Tests.Training;

/// <summary>A folder with pairs of random letter sequences, a recipe, and the real commands run on them.</summary>
internal sealed class ToyProject : IDisposable
{
    private const string Letters = "abcdefghij";
    private static readonly InvocationConfiguration Plain = new() { EnableDefaultExceptionHandler = false };
    private readonly Func<string[], IEnumerable<string>> task;

    /// <param name="task">What the model must learn to write for a sequence of letters.</param>
    /// <param name="model">JSON of the recipe's "model".</param>
    /// <param name="training">JSON members of the recipe's "training".</param>
    /// <param name="dropout">Share of values dropped everywhere.</param>
    public ToyProject(Func<string[], IEnumerable<string>> task, string model, string training, double dropout = 0)
    {
        this.task = task;
        Folder = Directory.CreateTempSubdirectory("rnnserve-toy-").FullName;
        Write("train", Pairs(4000, seed: 1));
        Write("val", Pairs(200, seed: 2));
        File.WriteAllText(Recipe, $$"""
            {
              "name": "toy", "task": "translate", "licence": "made by a test", "languages": { "source": "art", "target": "art" },
              "data": { "train": { "source": ["train.source"], "target": ["train.target"] },
                        "validation": { "source": "val.source", "target": "val.target" } },
              "tokenizer": { "vocabularySize": 281, "joint": true },
              "model": {{model}},
              "dropout": { "embedding": {{dropout}}, "encoder": {{dropout}}, "decoder": {{dropout}}, "readout": {{dropout}} },
              "training": { "batchSentences": 64, "labelSmoothing": 0, "seed": 3, "emaDecay": 0.98, "validateEvery": 100, {{training}} },
              "decoding": { "beamSize": 2 }
            }
            """);
    }

    public string Folder { get; }

    public string Recipe => Path.Combine(Folder, "recipe.json");

    public string Run => Path.Combine(Folder, "run");

    /// <summary>The train command; its exit code.</summary>
    public int Train(params string[] more) => new TrainCommand().Create().Parse([Recipe, "--output", Run, .. more]).Invoke(Plain);

    /// <summary>The export command, then the share of new sequences that the bundle answers exactly.</summary>
    public async Task<double> ExportAndScore(int sequences)
    {
        var models = Path.Combine(Folder, "models");
        Assert.Equal(0, ExportCommand.Create().Parse([Run, "--to", models]).Invoke(Plain));
        var pairs = Pairs(sequences, seed: 4);
        var translator = await Translator.LoadAsync(Path.Combine(models, "toy", "1"), new BatchingOptions());
        await using (translator)
        {
            var answers = await translator.TranslateAsync([.. pairs.Select(p => p.Source)], new SearchOptions(), CancellationToken.None);
            return answers.Zip(pairs).Count(a => a.First.Text == a.Second.Target) / (double)sequences;
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private (string Source, string Target)[] Pairs(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            string[] letters = [.. Enumerable.Range(0, random.Next(2, 8)).Select(_ => Letters[random.Next(Letters.Length)].ToString())];
            return (string.Join(' ', letters), string.Join(' ', task(letters)));
        })];
    }

    private void Write(string name, (string Source, string Target)[] pairs)
    {
        File.WriteAllLines(Path.Combine(Folder, $"{name}.source"), pairs.Select(p => p.Source));
        File.WriteAllLines(Path.Combine(Folder, $"{name}.target"), pairs.Select(p => p.Target));
    }
}
