using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Scheduling;

namespace RnnServe.Training.Export;

/// <summary>Records what a bundle answers, so that a loader sees when another graph does.</summary>
internal static class CanaryRecorder
{
    /// <summary>The canary with the answers of every precision.</summary>
    /// <param name="folder">A version's folder whose manifest has no canary.</param>
    /// <param name="input">A text, or the path of an image in the folder.</param>
    public static CanaryManifest Record(string folder, string input)
    {
        var graphs = BundleReader.Load(folder).Manifest.Graphs;
        var answers = new CanaryAnswers { Full = Answer(PrecisionSet.FullName), Quantized = Answer(PrecisionSet.QuantizedName) };
        return new() { Input = input, Answers = answers };

        CanaryAnswer? Answer(string precision) =>
            graphs.Of(precision) is null ? null : AnswerAsync(folder, precision, input).GetAwaiter().GetResult();
    }

    /// <summary>Records the answers to a bundle's own canary anew; the folder is as it was if that fails.</summary>
    /// <exception cref="UserException">The bundle has no canary.</exception>
    public static CanaryManifest RecordAgain(string folder)
    {
        string file = Path.Combine(folder, ManifestJson.FileName);
        byte[] before = File.ReadAllBytes(file);
        var manifest = ManifestJson.Read(before);
        string input = manifest.Canary?.Input ?? throw new UserException($"'{folder}' has no canary: canary.input in model.json names "
            + "none.");
        byte[] after = before;
        try
        {
            File.WriteAllBytes(file, ManifestJson.Write(manifest with { Canary = null }));
            var canary = Record(folder, input);
            after = ManifestJson.Write(manifest with { Canary = canary });
            return canary;
        }
        finally
        {
            File.WriteAllBytes(file, after);
        }
    }

    private static async Task<CanaryAnswer> AnswerAsync(string folder, string precision, string input)
    {
        await using var model = await KindLoader.LoadAsync<IModel>(null, folder, new BatchingOptions(), new() { Precision = precision });
        var answer = await model.AnswerCanaryAsync(input, CancellationToken.None);
        return answer with { Score = Math.Round(answer.Score, 5) };
    }
}
