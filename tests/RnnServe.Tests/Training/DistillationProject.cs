using Google.Protobuf;
using RnnServe.Tests.Images;
using RnnServe.Training.Graphs;
using RnnServe.Training.Kinds;
using RnnServe.Training.Loop;
using RnnServe.Training.Recipes;

namespace RnnServe.Tests.Training;

/// <summary>A folder with photos of coloured quarters, a teacher that a test can see through, and a recipe.</summary>
internal sealed class DistillationProject : IDisposable
{
    /// <summary>Channels of the teacher: the mean of each colour around a cell, and a constant.</summary>
    public const int Channels = 4;

    /// <param name="training">JSON members of the recipe's "training".</param>
    /// <param name="photos">Photos to learn from.</param>
    /// <param name="output">The teacher's output that the recipe names.</param>
    /// <param name="size">The network's input.</param>
    public DistillationProject(string training, int photos = 48, string output = "means", int size = 32)
    {
        Folder = Directory.CreateTempSubdirectory("rnnserve-distill-").FullName;
        Directory.CreateDirectory(In("photos"));
        var random = new Random(5);
        for (int i = 0; i < photos + 8; i++)
            File.WriteAllBytes(In("photos", $"{i:D3}.png"), Photo(random));
        File.WriteAllLines(In("held-out.txt"), Enumerable.Range(0, 8).Select(i => $"{i:D3}.png"));
        File.WriteAllBytes(In("teacher.onnx"), Teacher());
        File.WriteAllText(In("recipe.json"), $$"""
            {
              "name": "toy", "task": "distill", "licence": "made by a test",
              "data": { "photos": ["photos"], "heldOut": "held-out.txt" },
              "teacher": { "path": "teacher.onnx", "output": "{{output}}" },
              "network": { "size": {{size}}, "stem": 8, "widths": [8, 12, 16], "blocks": [1, 1, 1] },
              "augmentation": { "decodedSize": 40, "leastArea": 0.5 },
              "training": { "batchSentences": 8, "threads": 1, "emaDecay": 0.9, "learningRate": 5e-3, "warmUpSteps": 5, {{training}} }
            }
            """);
    }

    public string Folder { get; }

    public Recipe Recipe => RecipeFile.Load(In("recipe.json"));

    public string In(params ReadOnlySpan<string> parts) => Path.Combine([Folder, .. parts]);

    /// <summary>Trains in a folder of that name.</summary>
    public TrainingOutcome Train(string run) => SteppedTraining.Run(Recipe, In(run));

    public string Export(string run, TextWriter said) => TrainingKinds.Train(Recipe).Export(
        new RunFolder(In(run)), In("models"), new ProgressReport(said, live: false, TimeProvider.System));

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    // Four areas of one colour each.
    private static byte[] Photo(Random random)
    {
        int[] colours = [.. Enumerable.Range(0, 12).Select(_ => random.Next(256))];
        return Png.Write(40, 40, 3, (x, y, c) => colours[(y / 20 * 6) + (x / 20 * 3) + c]);
    }

    // A convolution that averages 16 x 16 pixels: 2 x 2 cells of an image of 32 x 32. Its other output has 1 x 1.
    private static byte[] Teacher()
    {
        float[] weights = new float[Channels * 3 * 256];
        for (int colour = 0; colour < 3; colour++)
            weights.AsSpan(((colour * 3) + colour) * 256, 256).Fill(1 / 256f);
        var image = Value.Input("pixels", ElementType.Float, "N", 3, 32, 32);
        var means = image.Conv(Value.Constant<float>(weights, ElementType.Float, Channels, 3, 16, 16), new(16, 16));
        return OnnxWriter.Write("teacher", [image], [("means", means), ("mean", means.GlobalAveragePool())]).ToByteArray();
    }
}
