using System.CommandLine;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Tests.Backbones;
using RnnServe.Tests.Images;
using RnnServe.Training.Commands;

namespace RnnServe.Tests.Training;

/// <summary>A folder with drawings of coloured shapes, their captions, a tiny CNN, a recipe, and the real commands.</summary>
internal sealed class ToyPhotos : IDisposable
{
    private const int Side = 32;
    private static readonly InvocationConfiguration Plain = new() { EnableDefaultExceptionHandler = false };
    private static readonly (string Name, int[] Rgb)[] Colours =
        [("red", [220, 30, 30]), ("green", [30, 200, 40]), ("blue", [40, 50, 220]), ("yellow", [230, 220, 40])];

    private readonly bool alone;

    /// <param name="model">JSON members of the recipe's "model".</param>
    /// <param name="training">JSON members of the recipe's "training".</param>
    /// <param name="photos">Photos to learn from.</param>
    /// <param name="dropout">Share of values dropped everywhere.</param>
    /// <param name="alone">One shape in each drawing, not two side by side.</param>
    public ToyPhotos(string model, string training, int photos = 1200, double dropout = 0, bool alone = false)
    {
        this.alone = alone;
        Folder = Directory.CreateTempSubdirectory("rnnserve-toy-").FullName;
        TinyCnn.Write(Folder);
        Directory.CreateDirectory(In("photos"));
        Write("train", photos, seed: 1);
        Write("val", 60, seed: 2);
        File.WriteAllLines(In("captions.tsv"), File.ReadAllLines(In("train.tsv")).Concat(File.ReadAllLines(In("val.tsv"))));
        WriteRecipe("recipe.json", training, $$"""
              "backbone": { "path": "cnn.onnx", "output": "deep", "size": {{Side}}, "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25] },
              "model": { {{model}} },
              "dropout": { "embedding": {{dropout}}, "memory": {{dropout}}, "decoder": {{dropout}}, "readout": {{dropout}} },
            """);
    }

    /// <summary>Writes another recipe for the same photos.</summary>
    /// <param name="file">File name.</param>
    /// <param name="training">JSON members of its "training".</param>
    /// <param name="more">JSON members of the recipe, a comma after each.</param>
    /// <param name="doublyStochastic">Weight of that term.</param>
    public void WriteRecipe(string file, string training, string more, double doublyStochastic = 0.02) => File.WriteAllText(In(file), $$"""
        {
          "name": "toy", "task": "caption", "licence": "made by a test", "language": "en",
          "data": { "images": "photos", "captions": "captions.tsv", "train": "train.txt", "validation": "val.txt", "mirror": false },
          "tokenizer": { "minimumCount": 1 },
          {{more}}
          "doublyStochastic": {{doublyStochastic}},
          "training": { "batchSentences": 64, "labelSmoothing": 0, "seed": 3, "emaDecay": 0.98, "threads": 1, {{training}} },
          "decoding": { "beamSize": 2, "maxLength": 12 },
        }
        """);

    public string Folder { get; }

    /// <summary>Folder of a training.</summary>
    public string Run(string name = "run") => In(name);

    /// <summary>The train command; its exit code.</summary>
    public int Train(string recipe = "recipe.json", string run = "run") =>
        new TrainCommand().Create().Parse([In(recipe), "--output", In(run)]).Invoke(Plain);

    /// <summary>The export command; the bundle's folder where it makes one.</summary>
    public string Export(string run = "run", int version = 1)
    {
        Assert.Equal(0, ExportCommand.Create().Parse([In(run), "--to", In("models")]).Invoke(Plain));
        return Path.Combine(In("models"), "toy", $"{version}");
    }

    /// <summary>The share of new photos that a bundle captions exactly.</summary>
    public async Task<double> Score(string bundle, int photos)
    {
        var random = new Random(4);
        Scene[] scenes = [.. Enumerable.Range(0, photos).Select(_ => Scene.Random(random, alone))];
        var captioner = await Captioner.LoadAsync(bundle, new BatchingOptions());
        await using (captioner)
        {
            var answers = await captioner.CaptionAsync(
                [.. scenes.Select(scene => (ReadOnlyMemory<byte>)scene.Draw())], new SearchOptions(), CancellationToken.None);
            return answers.Zip(scenes).Count(a => a.First.Text == a.Second.Caption) / (double)photos;
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public string In(string name) => Path.Combine(Folder, name);

    private void Write(string list, int count, int seed)
    {
        var random = new Random(seed);
        var captions = new List<string>();
        for (int i = 0; i < count; i++)
        {
            var scene = Scene.Random(random, alone);
            File.WriteAllBytes(Path.Combine(In("photos"), $"{list}{i}.png"), scene.Draw());
            captions.Add($"{list}{i}.png#0\t{char.ToUpperInvariant(scene.Caption[0])}{scene.Caption[1..]} .");
            captions.Add($"{list}{i}.png#1\t{scene.Caption}.");
        }

        File.WriteAllLines(In($"{list}.tsv"), captions);
        File.WriteAllLines(In($"{list}.txt"), Enumerable.Range(0, count).Select(i => $"{list}{i}.png"));
    }

    /// <summary>A square or else a cross.</summary>
    private sealed record Shape(int Colour, bool Square, int X, int Y, int Radius)
    {
        public string Name => $"{Colours[Colour].Name} {(Square ? "square" : "cross")}";

        public bool Covers(int x, int y)
        {
            var (dx, dy) = (Math.Abs(x - X), Math.Abs(y - Y));
            return dx <= Radius && dy <= Radius && (Square || dx <= 1 || dy <= 1);
        }
    }

    /// <summary>One shape of two sizes, or two side by side.</summary>
    private sealed record Scene(Shape First, Shape? Second, int Background)
    {
        public string Caption => Second is null
            ? $"a {(First.Radius > 5 ? "big" : "small")} {First.Name}"
            : $"a {First.Name} left of a {Second.Name}";

        public static Scene Random(Random random, bool alone)
        {
            Shape Any(int x, int radius) => new(random.Next(4), random.Next(2) == 0, x, random.Next(12, 21), radius);
            return alone
                ? new(Any(random.Next(9, 23), random.Next(2) == 0 ? 3 : 8), null, random.Next(105, 125))
                : new(Any(random.Next(7, 10), 5), Any(random.Next(22, 26), 5), random.Next(105, 125));
        }

        public byte[] Draw() => Png.Write(Side, Side, 3, (x, y, c) =>
            First.Covers(x, y) ? Colours[First.Colour].Rgb[c] : Second?.Covers(x, y) == true ? Colours[Second.Colour].Rgb[c] : Background);
    }
}
