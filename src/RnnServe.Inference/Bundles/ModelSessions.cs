using Microsoft.ML.OnnxRuntime;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Onnx;
using RnnServe.Inference.Search;

namespace RnnServe.Inference.Bundles;

/// <summary>The open graphs of a bundle, shared by all decode workers.</summary>
public sealed class ModelSessions : IDisposable
{
    private ModelSessions(ModelBundle bundle, string precision, Session encoder, Session decoder)
    {
        Bundle = bundle;
        Precision = precision;
        Encoder = encoder;
        Decoder = decoder;
    }

    /// <summary>The bundle that the graphs come from.</summary>
    public ModelBundle Bundle { get; }

    /// <summary>The precision that was opened: <c>fp32</c> or <c>int8</c>.</summary>
    public string Precision { get; }

    /// <summary>The encoder graph.</summary>
    internal Session Encoder { get; }

    /// <summary>The decoder's step graph.</summary>
    internal Session Decoder { get; }

    /// <summary>Opens the graphs and checks the names, types and shapes of their tensors against the manifest.</summary>
    /// <param name="bundle">A validated bundle.</param>
    /// <param name="options">How to open them; null: one thread per run, which is the fastest with a worker per core.</param>
    /// <param name="precision">Which graphs; null: the manifest's default.</param>
    /// <exception cref="ModelBundleException">A graph cannot be opened or is not what the manifest says.</exception>
    public static ModelSessions Load(ModelBundle bundle, ExecutionOptions? options = null, string? precision = null)
    {
        var manifest = bundle.Manifest;
        precision ??= manifest.Graphs.Default;
        var graphs = manifest.Graphs.Of(precision)
            ?? throw new ModelBundleException(ManifestJson.FileName, "graphs", $"no precision '{precision}'", "one that the bundle has");
        WeightCheck.Check(bundle.Folder, graphs.Encoder);
        WeightCheck.Check(bundle.Folder, graphs.Decoder);
        var encoder = Open(bundle, graphs.Encoder, options);
        Session? decoder = null;
        try
        {
            decoder = Open(bundle, graphs.Decoder, options);
            TensorContract.CheckEncoder(graphs.Encoder, encoder, manifest);
            TensorContract.CheckDecoder(graphs.Decoder, decoder, manifest.Decoder);
            TryEncoder(graphs.Encoder, encoder, manifest);
            return new ModelSessions(bundle, precision, encoder, decoder);
        }
        catch
        {
            encoder.Dispose();
            decoder?.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="OnnxDecoder.LeastWidthOf"/>
    internal int LeastWidth => OnnxDecoder.LeastWidthOf(Bundle.Manifest.Decoder);

    /// <summary>A decoder over these graphs, for one thread.</summary>
    internal OnnxDecoder CreateDecoder() => new(CreateEncoder(), Decoder, Bundle.Manifest.Decoder);

    /// <inheritdoc/>
    public void Dispose()
    {
        Encoder.Dispose();
        Decoder.Dispose();
    }

    private IEncoder CreateEncoder() => Bundle.Manifest.Image is { } image
        ? new ImageEncoder(Encoder, Bundle.Manifest.Decoder, image)
        : new TextEncoder(Encoder, Bundle.Manifest.Decoder, Bundle.Manifest.Encoder!.PadId);

    /// <summary>Only a run tells whether an encoder works, and how many cells it makes of an image when its graph leaves that open.</summary>
    private static void TryEncoder(string file, Session session, ModelManifest manifest)
    {
        string input = manifest.Image is { } size
            ? $"{size.Size} x {size.Size} pixels that gives {size.Grid[0]} x {size.Grid[1]} cells"
            : "a sentence";
        try
        {
            if (manifest.Image is { } image)
            {
                using var encoder = new ImageEncoder(session, manifest.Decoder, image);
                encoder.Encode(new byte[image.Size * image.Size * 3]);
            }
            else
            {
                using var encoder = new TextEncoder(session, manifest.Decoder, manifest.Encoder!.PadId);
                encoder.Run([new TextSource([manifest.Encoder.EndId])]);
            }
        }
        catch (OnnxRuntimeException error)
        {
            throw new ModelBundleException(file, "", $"an error ({error.Message.TrimEnd('.')})", $"a run over {input}", error);
        }
    }

    private static Session Open(ModelBundle bundle, string path, ExecutionOptions? options)
    {
        try
        {
            return new Session(Path.Combine(bundle.Folder, path), options ?? new ExecutionOptions());
        }
        catch (OnnxRuntimeException error)
        {
            throw new ModelBundleException(path, "", error.Message.TrimEnd('.'), "a graph that ONNX Runtime opens", error);
        }
    }
}
