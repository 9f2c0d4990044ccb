using RnnServe.Inference.Images;
using RnnServe.Tests.Images;
using RnnServe.Training.Data;
using RnnServe.Training.Kinds.Distil;
using RnnServe.Training.Recipes;

namespace RnnServe.Tests.Data;

public sealed class PhotoTests : IDisposable
{
    private const int Size = 16;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("rnnserve-photos-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_view_depends_on_its_seed_alone_and_stays_inside_the_photo()
    {
        var settings = new AugmentationSettings { LeastArea = 0.2, Colour = 0.4 };
        PhotoView[] views = [.. Enumerable.Range(0, 500).Select(i => PhotoView.Random(settings, new SeededRandom(7, (ulong)i)))];

        Assert.Equal(views, Enumerable.Range(0, 500).Select(i => PhotoView.Random(settings, new SeededRandom(7, (ulong)i))));
        Assert.Equal(500, views.Distinct().Count());
        Assert.All(views, v =>
        {
            Assert.InRange(v.Left, 0, 1 - v.Width);
            Assert.InRange(v.Top, 0, 1 - v.Height);
            Assert.InRange(v.Width * v.Height, 0.15, 1);
            Assert.InRange(v.Brightness, 0.6, 1.4);
            Assert.InRange(v.Saturation, 0.6, 1.4);
        });
        Assert.InRange(views.Count(v => v.Mirrored), 200, 300);
        Assert.InRange(views.Min(v => v.Width * v.Height), 0.15, 0.25);
        Assert.DoesNotContain(
            Enumerable.Range(0, 50).Select(i => PhotoView.Random(settings with { Mirror = false }, new SeededRandom(7, (ulong)i))), v => v.Mirrored);
    }

    [Fact]
    public void The_whole_photo_unchanged_is_what_serving_makes_of_it()
    {
        byte[] rgb = Noise(Size);
        float[] expected = new float[3 * Size * Size];
        ImagePreprocessing.Normalise(rgb, Size * Size, PhotoRenderer.Mean, PhotoRenderer.Deviation, expected);

        float[] drawn = Draw(rgb, PhotoView.Whole);

        Assert.All(expected.Zip(drawn), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void A_view_shows_its_part_mirrored_when_asked()
    {
        // Red grows to the right and green downwards.
        byte[] rgb = new byte[64 * 64 * 3];
        for (int i = 0; i < 64 * 64; i++)
            (rgb[3 * i], rgb[(3 * i) + 1]) = ((byte)(i % 64 * 4), (byte)(i / 64 * 4));
        var view = PhotoView.Whole with { Left = 0.5, Width = 0.25, Top = 0.25, Height = 0.5 };

        float[] plain = Levels(Draw(rgb, view, 64)), mirrored = Levels(Draw(rgb, view with { Mirrored = true }, 64));

        // From the middle of a view's pixel to that of the photo's, which is four levels wide.
        Assert.Equal((((0.5 + (0.25 * 0.5 / Size)) * 64) - 0.5) * 4, plain[0], 0.01);
        Assert.Equal((((0.25 + (0.5 * 0.5 / Size)) * 64) - 0.5) * 4, plain[Size * Size], 0.01);
        Assert.Equal((((0.75 - (0.25 * 0.5 / Size)) * 64) - 0.5) * 4, plain[Size - 1], 0.01);
        for (int y = 0; y < Size; y++)
            Assert.Equal(plain.AsSpan(y * Size, Size).ToArray(), mirrored.AsSpan(y * Size, Size).ToArray().Reverse());
    }

    [Fact]
    public void Light_changes_as_the_factors_say_and_stays_within_what_a_photo_can_hold()
    {
        byte[] rgb = [.. Enumerable.Range(0, Size * Size).SelectMany(_ => new byte[] { 200, 100, 60 })];
        double grey = (0.299 * 200) + (0.587 * 100) + (0.114 * 60);

        Assert.Equal([100, 50, 30], Pixel(PhotoView.Whole with { Brightness = 0.5 }), new Near());
        Assert.Equal([157.5, 107.5, 87.5], Pixel(PhotoView.Whole with { Contrast = 0.5 }), new Near());
        Assert.Equal([grey, grey, grey], Pixel(PhotoView.Whole with { Saturation = 0 }), new Near());
        Assert.Equal([255, 200, 120], Pixel(PhotoView.Whole with { Brightness = 2 }), new Near());

        double[] Pixel(PhotoView view)
        {
            float[] levels = Levels(Draw(rgb, view));
            return [levels[0], levels[Size * Size], levels[2 * Size * Size]];
        }
    }

    [Fact]
    public void An_epoch_shows_every_photo_once_and_none_that_is_held_out_and_goes_on_where_it_was_left()
    {
        for (int i = 0; i < 13; i++)
            File.WriteAllBytes(In($"{i:D2}.png"), Png.Write(8, 8, 3, (_, _, _) => i * 10));
        File.WriteAllText(In("notes.txt"), "no photo");
        File.WriteAllLines(In("held-out.txt"), ["12.png", "99.png", "03.png"]);
        var files = PhotoFiles.Find(new PhotoSettings { Photos = [folder.FullName], HeldOut = In("held-out.txt"), ValidationPhotos = 5 });
        var augmentation = new AugmentationSettings { DecodedSize = 32, Colour = 0 };
        var photos = new PhotoBatches(files, augmentation, Size, batchSize: 3, room: 32 * 32 * 3 * 4) { Seed = 4 };

        float[][] all = Take(photos.Epoch(1, 0)), rest = Take(photos.Epoch(1, 2)), again = Take(photos.Epoch(1, 0)), next = Take(photos.Epoch(2, 0));

        Assert.Equal(3, photos.Count);
        Assert.Equal(3, all.Length);
        Assert.Equal(all, again);
        Assert.Equal(all[2..], rest);
        Assert.NotEqual(all, next);
        int[] shown = [.. all.SelectMany(Photos)];
        Assert.Equal(9, shown.Distinct().Count());
        Assert.DoesNotContain(3, shown.Concat(next.SelectMany(Photos)));
        Assert.DoesNotContain(12, shown.Concat(next.SelectMany(Photos)));
        Assert.Equal([12, 3], Take(photos.Validation()).SelectMany(Photos));

        IEnumerable<int> Photos(float[] batch) =>
            Levels(batch).Where((_, i) => i % (3 * Size * Size) == 0).Select(level => (int)Math.Round(level / 10));
    }

    [Fact]
    public void Folders_without_photos_and_lists_of_other_photos_are_refused()
    {
        File.WriteAllLines(In("held-out.txt"), ["a.png"]);
        var settings = new PhotoSettings { Photos = [folder.FullName], HeldOut = In("held-out.txt") };
        Assert.Contains("No photo", Assert.Throws<InvalidDataException>(() => PhotoFiles.Find(settings)).Message, StringComparison.Ordinal);

        File.WriteAllBytes(In("b.png"), Pictures.Quarters);
        Assert.Contains("None of the 1", Assert.Throws<InvalidDataException>(() => PhotoFiles.Find(settings)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Items_are_made_a_bounded_number_ahead_and_those_made_in_vain_are_disposed()
    {
        int made = 0, disposed = 0;
        var makers = Enumerable.Range(0, 100).Select(i => (Func<Item>)(() =>
        {
            Interlocked.Increment(ref made);
            return new Item(i, () => Interlocked.Increment(ref disposed));
        }));

        int expected = 0;
        foreach (var item in Prefetch.InOrder(makers, ahead: 4))
        {
            Assert.Equal(expected++, item.Number);
            Assert.InRange(made, expected, expected + 4);
            item.Dispose();
            if (expected == 10)
                break;
        }

        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref disposed) == Volatile.Read(ref made), 10_000));
        Assert.InRange(made, 10, 14);
    }

    private string In(string name) => Path.Combine(folder.FullName, name);

    private static byte[] Noise(int size)
    {
        byte[] rgb = new byte[size * size * 3];
        new Random(3).NextBytes(rgb);
        return rgb;
    }

    private static float[] Draw(byte[] rgb, PhotoView view, int source = Size)
    {
        float[] planes = new float[3 * Size * Size];
        PhotoRenderer.Draw(rgb, source, view, Size, planes);
        return planes;
    }

    // Undoes the normalisation: levels of 0 to 255.
    private static float[] Levels(float[] planes) => [.. planes.Select((value, i) =>
    {
        int colour = i / (Size * Size) % 3;
        return ((value * PhotoRenderer.Deviation[colour]) + PhotoRenderer.Mean[colour]) * 255;
    })];

    private static float[][] Take(IEnumerable<Batch> batches)
    {
        var taken = new List<float[]>();
        foreach (var batch in batches)
        {
            using (batch)
                taken.Add(batch.Inputs["image"].AsSpan<float>().ToArray());
        }

        return [.. taken];
    }

    private sealed class Near : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) < 0.01;

        public int GetHashCode(double obj) => 0;
    }

    private sealed class Item(int number, Action disposed) : IDisposable
    {
        public int Number => number;

        public void Dispose() => disposed();
    }
}
