using System.Globalization;
using Google.Protobuf;
using RnnServe.Inference.Models;
using RnnServe.Inference.Onnx;

namespace RnnServe.Training.Export;

/// <summary>Makes the next version of a bundle, with 8-bit graphs beside those that it has.</summary>
internal static class BundleQuantizer
{
    private const string Decoder = "decoder.int8.onnx";

    /// <summary>Quantises the decoder; the encoder runs once for each sentence and stays as it is.</summary>
    /// <param name="source">The version's folder.</param>
    /// <param name="models">Folder of all bundles.</param>
    /// <param name="progress">Told what was done.</param>
    /// <returns>The new version's folder.</returns>
    /// <exception cref="ModelBundleException">The bundle is not valid.</exception>
    /// <exception cref="UserException">It has nothing to quantise.</exception>
    public static string Quantize(string source, string models, ProgressReport progress)
    {
        var bundle = ModelBundle.Load(source);
        var manifest = bundle.Manifest;
        if (manifest.Graphs.Full is not { } full)
            throw new UserException($"'{source}' has no fp32 graphs to start from.");
        var decoder = Quantize(Read(bundle, full.Decoder), Known(manifest, Read(bundle, full.Encoder)), progress);

        return BundleWriter.NextVersion(models, manifest.Name, partial =>
        {
            var files = manifest.Files.ToDictionary(f => f.Path, f => File.ReadAllBytes(Path.Combine(bundle.Folder, f.Path)));
            files[Decoder] = decoder;
            var graphs = manifest.Graphs with { Default = "int8", Quantized = full with { Decoder = Decoder } };
            BundleWriter.Write(partial, new(manifest with { Graphs = graphs, Canary = null }, files), null);
        });
    }

    private static byte[] Quantize(ModelProto decoder, Dictionary<string, double> known, ProgressReport progress)
    {
        var quantized = Int8Decoder.Quantize(decoder, known, out int products);
        if (products == 0)
            throw new UserException("No product of the decoder has rows with a known bound.");
        byte[] bytes = quantized.ToByteArray();
        progress.Say(string.Create(CultureInfo.InvariantCulture, $"{products} products of the decoder are in 8 bits: {bytes.Length / 1e6:F1} MB."));
        return bytes;
    }

    /// <summary>States are what cells give, from -1 to 1; so is a memory of them, unless a layer normalisation follows.</summary>
    private static Dictionary<string, double> Known(ModelManifest manifest, ModelProto encoder)
    {
        var known = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var state in manifest.Decoder.States.Where(s => s.Name.StartsWith("state", StringComparison.Ordinal)))
            known[state.Name] = known[TensorNames.Next(state.Name)] = 1;
        if (!encoder.Graph.Initializer.Any(t => t.Name.Contains(".norm.", StringComparison.Ordinal)))
            known[TensorNames.Memory] = 1;
        return known;
    }

    private static ModelProto Read(ModelBundle bundle, string path) =>
        ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(bundle.Folder, path)));
}
