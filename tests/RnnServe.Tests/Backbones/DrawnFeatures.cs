using RnnServe.Tests.Bundles;
using RnnServe.Tests.Images;
using RnnServe.Training.Kinds.Caption.Backbones;
using RnnServe.Training.Loop;

namespace RnnServe.Tests.Backbones;

/// <summary>Features that a tiny CNN makes of drawings.</summary>
internal static class DrawnFeatures
{
    /// <summary>Draws photos and computes their features; the caller's.</summary>
    public static PhotoFeatures Open(TemporaryFolder folder, int photos)
    {
        string[] paths = [.. Enumerable.Range(0, photos).Select(photo =>
        {
            string path = Path.Combine(folder.Path, $"{photo}.png");
            File.WriteAllBytes(path, Png.Write(16, 16, 3, (x, y, c) => ((photo * 31) + (x * x * (c + 1)) + y) % 256));
            return path;
        })];
        var progress = new ProgressReport(TextWriter.Null, live: false, TimeProvider.System);
        return PhotoFeatures.Open(Backbone.Of(TinyCnn.Model(), "deep"), new() { Size = 16 }, paths, folder.Path, new(), progress);
    }
}
