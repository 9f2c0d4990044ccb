using System.Globalization;
using System.Text;
using Google.Protobuf;
using RnnServe.Inference.Models;
using RnnServe.Inference.Onnx;

namespace RnnServe.Training.Export;

/// <summary>Gives a bundle a decoder that multiplies 8-bit numbers, beside the one that it has.</summary>
internal static class BundleQuantizer
{
    /// <summary>Most that the deciding score may lose for the 8-bit decoder to be the default.</summary>
    private const double MostLost = 0.3;

    private const string Full = PrecisionSet.FullName, Quantized = PrecisionSet.QuantizedName, Decoder = "decoder.int8.onnx";

    /// <summary>Quantises the decoder, measures both, and writes scores and canary. The encoder, which runs once a sentence, stays.</summary>
    /// <param name="folder">The version's folder; it is changed.</param>
    /// <param name="judge">What is measured on.</param>
    /// <param name="progress">Told what was done.</param>
    /// <param name="measured">Scores of the present decoder, where they are known.</param>
    /// <returns>False where no product has rows with a known bound: the bundle is as it was.</returns>
    public static bool Quantize(string folder, PrecisionJudge judge, ProgressReport progress, MeasuredBundle? measured = null)
    {
        var bundle = ModelBundle.Load(folder);
        var manifest = bundle.Manifest;
        if (manifest.Graphs.Full is not { } full)
            throw new UserException($"'{folder}' has no {Full} graphs to start from.");

        var quantized = Int8Decoder.Quantize(Read(bundle, full.Decoder), Known(bundle, judge, Read(bundle, full.Encoder)), out int products);
        if (products == 0)
            return false;
        byte[] bytes = quantized.ToByteArray();
        progress.Say(string.Create(CultureInfo.InvariantCulture, $"{products} products of the decoder are in 8 bits: {bytes.Length / 1e6:F1} MB."));

        var files = manifest.Files.ToDictionary(file => file.Path, file => File.ReadAllBytes(Path.Combine(folder, file.Path)));
        files[Decoder] = bytes;
        manifest = manifest with { Graphs = manifest.Graphs with { Quantized = full with { Decoder = Decoder } } };
        BundleWriter.Write(folder, new(manifest, files), card: null);
        var (before, after) = (measured ?? judge.Measure(folder, Full), judge.Measure(folder, Quantized));
        double lost = before.Score - after.Score;
        string chosen = lost <= MostLost ? Quantized : Full;
        progress.Say(string.Create(
            CultureInfo.InvariantCulture, $"{Full} {before.Score:F2}, {Quantized} {after.Score:F2}: {chosen} is the default."));

        manifest = manifest with
        {
            Graphs = manifest.Graphs with { Default = chosen },
            Metrics = [.. manifest.Metrics, .. after.Metrics],
            Canary = manifest.Canary is { } canary ? canary with { Expected = judge.Answer(folder, chosen, canary.Input) } : null,
        };
        BundleWriter.Write(folder, new(manifest, files), WithRows(Path.Combine(folder, BundleWriter.Card), after.Metrics));
        return true;
    }

    /// <summary>States are what cells give, from -1 to 1; so is a memory of them, unless a layer normalisation follows.</summary>
    private static Dictionary<string, double> Known(ModelBundle bundle, PrecisionJudge judge, ModelProto encoder)
    {
        var known = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var state in bundle.Manifest.Decoder.States.Where(s => s.Name.StartsWith("state", StringComparison.Ordinal)))
            known[state.Name] = known[TensorNames.Next(state.Name)] = 1;
        bool normalised = encoder.Graph.Initializer.Any(t => t.Name.Contains(".norm.", StringComparison.Ordinal));
        if (judge.GreatestMemory(bundle) is { } greatest)
            known[TensorNames.Memory] = greatest;
        else if (!normalised && bundle.Manifest.Task == ModelTask.Translate)
            known[TensorNames.Memory] = 1;
        return known;
    }

    /// <summary>A model card with further rows in its table of scores; null where there is no card.</summary>
    private static string? WithRows(string path, IReadOnlyList<MetricManifest> metrics)
    {
        if (!File.Exists(path))
            return null;
        var lines = File.ReadAllLines(path).ToList();
        int last = lines.FindLastIndex(line => line.StartsWith("| ", StringComparison.Ordinal));
        lines.InsertRange(last + 1, metrics.Select(BundleWriter.Row));
        return new StringBuilder().AppendJoin('\n', lines).Append('\n').ToString();
    }

    private static ModelProto Read(ModelBundle bundle, string path) =>
        ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(bundle.Folder, path)));
}
