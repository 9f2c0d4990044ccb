using System.Security.Cryptography;
using System.Text;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Loop;

namespace RnnServe.Training.Kinds.Caption.Backbones;

/// <summary>The features of a recipe's photos, as they are and mirrored: computed once, then read from disk.</summary>
internal sealed class PhotoFeatures : IDisposable
{
    private const int PhotosPerRun = 8;

    private readonly FeatureFile file;
    private readonly FeatureFileLayout layout;

    private PhotoFeatures(FeatureFile file, FeatureFileLayout layout, FeatureGrid grid) =>
        (this.file, this.layout, Grid) = (file, layout, grid);

    public FeatureGrid Grid { get; }

    /// <summary>Opens the features, computing what is missing.</summary>
    /// <param name="backbone">The CNN.</param>
    /// <param name="settings">What it expects of a photo.</param>
    /// <param name="photos">Paths of the photos.</param>
    /// <param name="folder">Folder of all files of features, shared by trainings with the same CNN and photos.</param>
    /// <param name="options">How the CNN is run.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <exception cref="InvalidDataException">A photo cannot be decoded.</exception>
    public static PhotoFeatures Open(
        Backbone backbone,
        BackboneSettings settings,
        IReadOnlyList<string> photos,
        string folder,
        ExecutionOptions options,
        ProgressReport progress)
    {
        using var graph = new FeatureGraph(backbone, settings.Size, ElementType.Float16, options);
        var grid = graph.Measured;
        var layout = new FeatureFileLayout(Key(backbone, settings, photos), photos.Count, grid.Cells * grid.Channels);
        string path = Path.Combine(folder, $"{layout.Key[..16]}.features");
        using (var file = FeatureFile.Open(path, layout))
            Complete(file, graph, settings, photos, progress);
        return new(FeatureFile.Open(path, layout), layout, grid);
    }

    /// <summary>Features of photos of a batch.</summary>
    /// <param name="views">Indexes of photos, and whether mirrored.</param>
    /// <returns>Float16 [views, S, C]; the caller's.</returns>
    public Tensor Read(IReadOnlyList<(int Photo, bool Mirrored)> views)
    {
        var tensor = Tensor.Allocate(ElementType.Float16, views.Count, Grid.Cells, Grid.Channels);
        var bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(tensor.AsSpan<ushort>());
        int length = layout.Values * sizeof(ushort);
        for (int i = 0; i < views.Count; i++)
            file.Read(views[i].Photo, views[i].Mirrored, bytes.Slice(i * length, length));
        return tensor;
    }

    public void Dispose() => file.Dispose();

    private static void Complete(
        FeatureFile file, FeatureGraph graph, BackboneSettings settings, IReadOnlyList<string> photos, ProgressReport progress)
    {
        if (file.Done == photos.Count)
            return;
        var grid = graph.Measured;
        string left = Invariant($"{photos.Count - file.Done:N0}");
        progress.Say($"Computing the features of {left} photos: {grid.Rows} x {grid.Columns} cells of {grid.Channels}.");
        var chunks = photos.Skip((int)file.Done).Chunk(PhotosPerRun);
        foreach (string[] chunk in progress.Count(chunks, "photos", photos.Count, file.Done, c => c.Length))
        {
            using var pixels = PhotoTensors.ReadWithMirrored(chunk, settings);
            using var features = graph.Run(pixels);
            file.Append(features.AsSpan<ushort>());
        }
    }

    // A photo's length stands for its content: reading all of them would take as long as decoding them.
    private static string Key(Backbone backbone, BackboneSettings settings, IReadOnlyList<string> photos)
    {
        var text = new StringBuilder();
        text.Append(backbone.Hash).Append(backbone.Output).Append('\n');
        text.AppendJoin(' ', [settings.Size, (int)settings.Fit, .. settings.Mean.Concat(settings.Std)]).Append('\n');
        foreach (string photo in photos)
            text.Append(Path.GetFileName(photo)).Append('\t').Append(new FileInfo(photo).Length).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
