using Google.Protobuf;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Loop;

namespace RnnServe.Training.Export;

/// <summary>Gives a bundle graphs that multiply 8-bit numbers, beside those that it has.</summary>
internal static class BundleQuantizer
{
    /// <summary>Most that the deciding score may lose for the 8-bit decoder to be the default.</summary>
    private const double MostLost = 0.3;

    private const string Full = PrecisionSet.FullName, Quantized = PrecisionSet.QuantizedName;

    /// <summary>Quantises its graphs, measures both precisions, and writes scores and canary.</summary>
    /// <param name="folder">The version's folder; it is changed.</param>
    /// <param name="judge">What is measured on.</param>
    /// <param name="progress">Told what was done.</param>
    /// <param name="measured">Scores of the present decoder, where they are known.</param>
    /// <returns>False where no product has rows with a known bound: the bundle is as it was.</returns>
    public static bool Quantize(string folder, PrecisionJudge judge, ProgressReport progress, MeasuredBundle? measured = null)
    {
        var bundle = BundleReader.Load(folder);
        var manifest = bundle.Manifest;
        if (manifest.Graphs.Full is not { } full)
            throw new UserException($"'{folder}' has no {Full} graphs to start from.");

        var files = manifest.Files.Where(file => file.Package is null)
            .ToDictionary(file => file.Path, file => File.ReadAllBytes(Path.Combine(folder, file.Path)));
        var measuredBounds = judge.MeasureBounds(bundle);
        if (judge.Quantize(full, QuantizeFile) is not { } graphs)
            return false;
        manifest = manifest with { Graphs = manifest.Graphs with { Quantized = graphs } };
        BundleWriter.Write(folder, new(manifest with { Canary = null }, files), card: null);
        var (before, after) = (measured ?? judge.Measure(folder, Full), judge.Measure(folder, Quantized));
        double lost = before.Score - after.Score;
        string chosen = lost <= MostLost ? Quantized : Full;
        progress.Say(Invariant($"{Full} {before.Score:F2}, {Quantized} {after.Score:F2}: {chosen} is the default."));

        MetricManifest[] replaced =
            [.. manifest.Metrics.Where(old => after.Metrics.Any(m => (m.DataSet, m.Method) == (old.DataSet, old.Method)))];
        manifest = manifest with
        {
            Graphs = manifest.Graphs with { Default = chosen },
            Metrics = [.. manifest.Metrics.Except(replaced), .. after.Metrics],
            Canary = manifest.Canary is { } canary ? CanaryRecorder.Record(folder, canary.Input) : null,
        };
        BundleWriter.Write(
            folder, new(manifest, files), ModelCard.WithRows(Path.Combine(folder, ModelCard.FileName), after.Metrics, replaced));
        return true;

        string? QuantizeFile(string path)
        {
            var model = ModelProto.Parser.ParseFrom(files[path]);
            var quantized = Int8Graph.Quantize(model, measuredBounds, out int products);
            if (products == 0)
                return null;
            string file = Path.ChangeExtension(path, "int8.onnx");
            files[file] = quantized.ToByteArray();
            progress.Say(Invariant($"{products} products of the {model.Graph.Name} are in 8 bits: {files[file].Length / 1e6:F1} MB."));
            return file;
        }
    }
}
