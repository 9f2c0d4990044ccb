using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.OnnxRuntime;
using RnnServe.Inference.Onnx;

namespace RnnServe.Inference.Bundles;

/// <summary>Opens the graphs of a bundle.</summary>
internal static class BundleGraphs
{
    /// <summary>The graphs of a precision.</summary>
    /// <param name="bundle">A validated bundle.</param>
    /// <param name="precision">Which; null becomes the manifest's default.</param>
    /// <exception cref="ModelBundleException">The bundle has none of that precision.</exception>
    public static GraphFiles Of(ModelBundle bundle, [NotNull] ref string? precision)
    {
        var graphs = bundle.Manifest.Graphs;
        precision ??= graphs.Default;
        return graphs.Of(precision)
            ?? throw new ModelBundleException("model.json", "graphs", $"no precision '{precision}'", "one that the bundle has");
    }

    /// <summary>Checks a graph's weights, and opens it.</summary>
    /// <exception cref="ModelBundleException">A weight is no finite number, or ONNX Runtime does not open it.</exception>
    public static Session Open(ModelBundle bundle, string path, ExecutionOptions? options)
    {
        bool isSpread = WeightCheck.Check(bundle, path);
        try
        {
            // Of many models only few run at once: what one gives back is there for the next.
            var (file, shared) = (Path.Combine(bundle.Folder, path), (options ?? new()) with { SharedArena = true });
            string weights = PackageFiles.WeightsOf(bundle.Folder, bundle.Manifest.Files);
            if (weights != bundle.Folder)
                return new Session(File.ReadAllBytes(file), weights, shared);
            return isSpread && InlinedGraph.Of(bundle.Folder, path) is { } whole ? new Session(whole, shared) : new Session(file, shared);
        }
        catch (OnnxRuntimeException error)
        {
            throw new ModelBundleException(path, "", BundleFiles.Said(error, bundle.Folder), "a graph that ONNX Runtime opens", error);
        }
    }

    /// <summary>Only a run tells whether a graph works, and how large its outputs are where it leaves that open.</summary>
    /// <exception cref="ModelBundleException">The run fails.</exception>
    public static void Try(string path, string input, Action run)
    {
        try
        {
            run();
        }
        catch (OnnxRuntimeException error)
        {
            throw new ModelBundleException(path, "", $"an error ({error.Message.TrimEnd('.')})", $"a run over {input}", error);
        }
    }
}
