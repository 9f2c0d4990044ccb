using RnnServe.Tests.Bundles;
using RnnServe.Tests.Images;
using RnnServe.Training.Kinds.Caption.Backbones;
using RnnServe.Training.Loop;

namespace RnnServe.Tests.Backbones;

public sealed class PhotoFeaturesTests : IDisposable
{
    private const int Side = 32, Photos = 21;
    private static readonly BackboneSettings Settings = new() { Output = "deep", Size = Side };
    private static readonly Backbone Cnn = Backbone.Of(TinyCnn.Model(), "deep");
    private readonly TemporaryFolder folder = new();
    private readonly StringWriter output = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_file_holds_the_features_of_each_photo_and_of_its_mirror_image()
    {
        var paths = WritePhotos();
        using var features = Open(paths);
        using var graph = new FeatureGraph(Cnn, Side, ElementType.Float16, new());

        foreach (int photo in new[] { 0, 7, 8, 20 })
        {
            string mirror = Path.Combine(folder.Path, "mirror.png");
            File.WriteAllBytes(mirror, Png.Write(Side, Side, 3, (x, y, c) => Pixel(photo, Side - 1 - x, y, c)));
            using var read = features.Read([(photo, false), (photo, true)]);
            using var pixels = PhotoTensors.Read([paths[photo], mirror], Settings);
            using var computed = graph.Run(pixels);

            Assert.Equal(computed.AsSpan<Half>().ToArray(), read.AsSpan<Half>().ToArray());
            Assert.Contains(read.AsSpan<Half>().ToArray(), h => h > (Half)0.05);
        }
    }

    [Fact]
    public void What_is_there_is_not_computed_again_and_may_be_read_twice_at_once()
    {
        var paths = WritePhotos();
        using var first = Open(paths);
        first.Dispose();
        using var second = Open(paths);
        using var third = Open(paths);

        Assert.Equal(1, Said("Computing the features of 21 photos: 4 x 4 cells of 40."));
        Assert.Equal(Values(second, 5), Values(third, 5));
    }

    [Fact]
    public void An_interrupted_computation_goes_on_where_it_was()
    {
        var paths = WritePhotos();
        var good = File.ReadAllBytes(paths[17]);
        File.WriteAllText(paths[17], new string(' ', good.Length));
        string message = Assert.Throws<InvalidDataException>(() => Open(paths)).Message;
        File.WriteAllBytes(paths[17], good);

        using var features = Open(paths);

        Assert.StartsWith($"Photo '{paths[17]}': ", message, StringComparison.Ordinal);
        Assert.Equal(1, Said("Computing the features of 5 photos"));
        string file = Assert.Single(FeatureFiles());
        var (resumed, values) = (File.ReadAllBytes(file), Values(features, 3));
        features.Dispose();
        File.Delete(file);
        using var whole = Open(paths);
        Assert.Equal(values, Values(whole, 3));
        whole.Dispose();
        Assert.Equal(File.ReadAllBytes(file), resumed);
    }

    [Fact]
    public void Other_photos_another_CNN_and_another_preprocessing_have_files_of_their_own()
    {
        var paths = WritePhotos();
        Open(paths).Dispose();
        Open(paths[1..]).Dispose();
        Open(paths, Settings with { Size = 16 }).Dispose();
        Open(paths, Settings with { Mean = [0.5, 0.5, 0.5] }).Dispose();
        PhotoFeatures.Open(Backbone.Of(TinyCnn.Model(), "act2"), Settings, paths, Cache, new(), Progress).Dispose();

        Assert.Equal(5, FeatureFiles().Length);
    }

    [Fact]
    public void A_file_of_something_else_is_replaced()
    {
        var paths = WritePhotos();
        Half[] expected;
        using (var right = Open(paths))
            expected = Values(right, 2);
        string file = FeatureFiles().Single();
        File.WriteAllText(file, "something else");

        using var features = Open(paths);

        Assert.Equal(expected, Values(features, 2));
    }

    private string Cache => Path.Combine(folder.Path, "features");

    private ProgressReport Progress => new(output, live: false, TimeProvider.System);

    private PhotoFeatures Open(string[] paths, BackboneSettings? settings = null) =>
        PhotoFeatures.Open(Cnn, settings ?? Settings, paths, Cache, new(), Progress);

    private string[] FeatureFiles() => Directory.GetFiles(Cache);

    private int Said(string line) => output.ToString().Split('\n').Count(l => l.Contains(line, StringComparison.Ordinal));

    private static Half[] Values(PhotoFeatures features, int photo)
    {
        using var tensor = features.Read([(photo, true)]);
        return tensor.AsSpan<Half>().ToArray();
    }

    private string[] WritePhotos() => [.. Enumerable.Range(0, Photos).Select(photo =>
    {
        string path = Path.Combine(folder.Path, $"{photo}.png");
        File.WriteAllBytes(path, Png.Write(Side, Side, 3, (x, y, c) => Pixel(photo, x, y, c)));
        return path;
    })];

    private static int Pixel(int photo, int x, int y, int colour) => ((photo * 37) + (x * (3 + colour)) + (y * y)) % 256;
}
