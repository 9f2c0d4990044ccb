using System.Text;
using Google.Protobuf;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Onnx;

namespace RnnServe.Training.Export;

/// <summary>Gives a bundle graphs that multiply 8-bit numbers, beside those that it has.</summary>
internal static class BundleQuantizer
{
    /// <summary>Most that the deciding score may lose for the 8-bit decoder to be the default.</summary>
    private const double MostLost = 0.3;

    private const string Full = PrecisionSet.FullName, Quantized = PrecisionSet.QuantizedName, Encoder = "encoder.int8.onnx", Decoder = "decoder.int8.onnx";

    /// <summary>Quantises the decoder and the encoder of texts, measures both precisions, and writes scores and canary.</summary>
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

        var files = manifest.Files.ToDictionary(file => file.Path, file => File.ReadAllBytes(Path.Combine(folder, file.Path)));
        var encoder = Read(files, full.Encoder);
        var known = Known(bundle, judge, encoder);
        if (!TryQuantize(Read(files, full.Decoder), known, Decoder, files, progress))
            return false;
        var graphs = full with { Decoder = Decoder };

        // That of photos is a CNN, whose activations have no bound that its operators tell.
        if (manifest.Task == ModelTask.Translate && TryQuantize(encoder, known, Encoder, files, progress))
            graphs = graphs with { Encoder = Encoder };
        manifest = manifest with { Graphs = manifest.Graphs with { Quantized = graphs } };
        BundleWriter.Write(folder, new(manifest with { Canary = null }, files), card: null);
        var (before, after) = (measured ?? judge.Measure(folder, Full), judge.Measure(folder, Quantized));
        double lost = before.Score - after.Score;
        string chosen = lost <= MostLost ? Quantized : Full;
        progress.Say(Invariant($"{Full} {before.Score:F2}, {Quantized} {after.Score:F2}: {chosen} is the default."));

        MetricManifest[] replaced = [.. manifest.Metrics.Where(old => after.Metrics.Any(m => (m.DataSet, m.Method) == (old.DataSet, old.Method)))];
        manifest = manifest with
        {
            Graphs = manifest.Graphs with { Default = chosen },
            Metrics = [.. manifest.Metrics.Except(replaced), .. after.Metrics],
            Canary = manifest.Canary is { } canary ? CanaryRecorder.Record(folder, canary.Input) : null,
        };
        BundleWriter.Write(folder, new(manifest, files), WithRows(Path.Combine(folder, BundleWriter.Card), after.Metrics, replaced));
        return true;
    }

    /// <returns>False where no product has rows with a known bound.</returns>
    private static bool TryQuantize(
        ModelProto model, Dictionary<string, double> known, string file, Dictionary<string, byte[]> files, ProgressReport progress)
    {
        var quantized = Int8Graph.Quantize(model, known, out int products);
        if (products == 0)
            return false;
        files[file] = quantized.ToByteArray();
        progress.Say(Invariant($"{products} products of the {model.Graph.Name} are in 8 bits: {files[file].Length / 1e6:F1} MB."));
        return true;
    }

    /// <summary>
    /// States are what cells give, from -1 to 1; so is a memory of them, unless a layer normalisation follows. What starts the decoder is a
    /// mean of the memory.
    /// </summary>
    private static Dictionary<string, double> Known(ModelBundle bundle, PrecisionJudge judge, ModelProto encoder)
    {
        var known = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var state in bundle.Manifest.Decoder.States.Where(s => s.Name.StartsWith("state", StringComparison.Ordinal)))
            known[state.Name] = known[TensorNames.Next(state.Name)] = TensorFacts.Recurrent;
        bool normalised = encoder.Graph.Initializer.Any(t => t.Name.Contains(".norm.", StringComparison.Ordinal));
        if (judge.GreatestMemory(bundle) is { } greatest)
            known[TensorNames.Memory] = greatest;
        else if (!normalised && bundle.Manifest.Task == ModelTask.Translate)
            known[TensorNames.Memory] = TensorFacts.Recurrent;
        if (known.TryGetValue(TensorNames.Memory, out double bound))
        {
            foreach (var start in encoder.Graph.Node.Where(n => n.OpType == "MatMul" && n.Input[1].StartsWith("decoder.start.", StringComparison.Ordinal)))
                known[start.Input[0]] = bound;
        }

        return known;
    }

    /// <summary>A model card with other rows in its table of scores; null where there is no card.</summary>
    private static string? WithRows(string path, IReadOnlyList<MetricManifest> added, IReadOnlyList<MetricManifest> removed)
    {
        if (!File.Exists(path))
            return null;
        var old = removed.Select(BundleWriter.Row).ToHashSet(StringComparer.Ordinal);
        var lines = File.ReadAllLines(path).Where(line => !old.Contains(line)).ToList();
        int last = lines.FindLastIndex(line => line.StartsWith("| ", StringComparison.Ordinal));
        lines.InsertRange(last + 1, added.Select(BundleWriter.Row));
        return new StringBuilder().AppendJoin('\n', lines).Append('\n').ToString();
    }

    private static ModelProto Read(Dictionary<string, byte[]> files, string path) => ModelProto.Parser.ParseFrom(files[path]);
}
