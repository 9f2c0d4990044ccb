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

    /// <summary>Records the answers to a bundle's own canary anew, on a copy: nobody sees the bundle without one.</summary>
    /// <exception cref="UserException">The bundle has no canary.</exception>
    public static CanaryManifest RecordAgain(string folder)
    {
        string file = Path.Combine(folder, ManifestJson.FileName);
        var manifest = ManifestJson.Read(File.ReadAllBytes(file));
        string input = manifest.Canary?.Input ?? throw new UserException($"'{folder}' has no canary: canary.input in model.json names "
            + "none.");
        var temporary = Directory.CreateTempSubdirectory("rnnserve-canary-");
        try
        {
            string copy = Directory.CreateDirectory(Path.Combine(temporary.FullName, manifest.Name, "1")).FullName;
            foreach (var listed in manifest.Files.Where(one => one.Package is null))
            {
                string to = Path.Combine(copy, listed.Path);
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                File.Copy(Path.Combine(folder, listed.Path), to);
            }

            File.WriteAllBytes(Path.Combine(copy, ManifestJson.FileName), ManifestJson.Write(manifest with { Canary = null }));
            var canary = Record(copy, input);
            File.WriteAllBytes(file + ".new", ManifestJson.Write(manifest with { Canary = canary }));
            File.Move(file + ".new", file, overwrite: true);
            return canary;
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    private static async Task<CanaryAnswer> AnswerAsync(string folder, string precision, string input)
    {
        await using var model = await KindLoader.LoadAsync<IModel>(null, folder, new BatchingOptions(), new() { Precision = precision });
        var answer = await model.AnswerCanaryAsync(input, CancellationToken.None);
        return answer with { Score = Math.Round(answer.Score, 5) };
    }
}
