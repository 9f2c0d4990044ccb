using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Graphs;
using RnnServe.Training.Layers;

namespace RnnServe.Training.Kinds.Caption.Backbones;

/// <summary>Rows, columns and channels of a backbone's features for one size of photos.</summary>
internal sealed record FeatureGrid(int Rows, int Columns, int Channels)
{
    /// <summary>Cells of the grid, S.</summary>
    public int Cells => Rows * Columns;

    /// <summary>Layers behind them that are trained with the captions, if there are any.</summary>
    public TrainedLayers? Trained { get; init; }

    /// <summary>What the decoder looks at.</summary>
    public FeatureGrid Seen
    {
        get
        {
            if (Trained is null)
                return this;
            var features = Value.Input("features", ElementType.Float, "P", Channels, Rows, Columns);
            var shape = Trained.Over(new(ElementType.Float, training: false), features).Shape;
            return new((int)shape[2].Factor, (int)shape[3].Factor, (int)shape[1].Factor);
        }
    }

    /// <summary>What the decoder looks at as cells, row by row.</summary>
    /// <param name="context">Where the weights of the trained layers are declared.</param>
    /// <param name="cells">Features [P, S, C].</param>
    /// <returns>[P, cells seen, channels seen].</returns>
    public Value Over(LayerContext context, Value cells) => Trained is null
        ? cells
        : FeatureGraph.Cells(Trained.Over(context, cells.Transpose(0, 2, 1).Reshape(cells.Shape[0], Channels, Rows, Columns)));
}

/// <summary>Runs a backbone: photos in, cells out.</summary>
internal sealed class FeatureGraph : IDisposable
{
    private const string Image = "image", Grid = "grid";

    private readonly Session session;

    /// <param name="backbone">The CNN.</param>
    /// <param name="size">Width and height of a photo in pixels.</param>
    /// <param name="type">Of the features: Float16 as they are cached, or Float as the CNN gives them.</param>
    /// <param name="options">How the graph is run.</param>
    /// <exception cref="UserException">The CNN does not give a grid of features for photos of this size.</exception>
    public FeatureGraph(Backbone backbone, int size, ElementType type, ExecutionOptions options)
    {
        (Measured, Type) = (Measure(backbone, size), type);
        var grid = Value.Input(Grid, ElementType.Float, "B", Measured.Channels, Measured.Rows, Measured.Columns);
        var model = OnnxWriter.Write("features", [grid], [("features", Cells(grid).Cast(type))]);
        session = new(BackboneSplice.Before(model, Grid, backbone, Image, size).ToByteArray(), PackageFiles.Folder, options);
    }

    public FeatureGrid Measured { get; }

    /// <summary>Type of the features.</summary>
    public ElementType Type { get; }

    /// <summary>A grid of features [B, C, rows, columns] as cells [B, S, C], row by row.</summary>
    public static Value Cells(Value grid)
    {
        var (channels, cells) = (grid.Shape[1], grid.Shape[2] * grid.Shape[3]);
        return grid.Reshape(grid.Shape[0], channels, cells).Transpose(0, 2, 1);
    }

    /// <summary>Computes features.</summary>
    /// <param name="photos">Normalised, float [N, 3, size, size].</param>
    /// <returns>[N, S, C]; the caller's.</returns>
    public Tensor Run(Tensor photos) => session.Run(photos);

    public void Dispose() => session.Dispose();

    // A file says neither channels nor cells with certainty; a run does.
    private static FeatureGrid Measure(Backbone backbone, int size)
    {
        var grid = Value.Input(Grid, ElementType.Float, "B", "C", "Y", "X");
        var model = BackboneSplice.Before(OnnxWriter.Write("features", [grid], [("copy", grid)]), Grid, backbone, Image, size);
        try
        {
            using var session = new Session(model.ToByteArray(), PackageFiles.Folder);
            using var blank = Tensor.Allocate(ElementType.Float, 1, 3, size, size);
            using var found = session.Run(blank);
            if (found.Shape.Length != 4)
                throw new UserException($"The backbone's output '{backbone.Output}' has {found.Shape.Length} dimensions; features have 4.");
            return new((int)found.Shape[2], (int)found.Shape[3], (int)found.Shape[1]) { Trained = backbone.Trained };
        }
        catch (OnnxRuntimeException error)
        {
            throw new UserException($"The backbone gives no grid of features for photos of {size} x {size} pixels: {error.Message}", error);
        }
    }
}
