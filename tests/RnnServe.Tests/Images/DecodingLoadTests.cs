using NetVips;
using RnnServe.Inference.Images;

namespace RnnServe.Tests.Images;

/// <summary>Many decodes: memory and threads. Alone, because other tests use memory too.</summary>
[Collection(nameof(DecodingLoadTests))]
[CollectionDefinition(nameof(DecodingLoadTests), DisableParallelization = true)]
public sealed class DecodingLoadTests
{
    private static readonly byte[][] Good =
    [
        Pictures.Save(Pictures.Detailed(320, 240), "jpeg"), Pictures.Detailed(200, 150),
        Pictures.WithOrientation(Pictures.Save(Pictures.Detailed(300, 200), "jpeg"), 6),
        Pictures.Save(Pictures.Detailed(200, 150), "webp"), Pictures.Save(Pictures.Detailed(100, 80), "gif"),
    ];

    private static readonly byte[][] Bad =
    [
        Good[0][..4000], Good[1][..4000], Good[3][..2000], Good[4][..1000], "GIF89a"u8.ToArray(), "garbage"u8.ToArray(),
        Pictures.Claim(Good[0], 20_000, 20_000),
    ];

    /// <summary>Forgetting one 80 x 80 result in each of 250 rounds takes 5 MB, one of 320 x 240 pixels 57 MB.</summary>
    private const long Allowed = 4 << 20;

    [Fact]
    public void Good_and_bad_images_leave_no_memory_behind()
    {
        DecodeAll(100);
        var tracked = (Stats.Mem, Stats.Allocations);

        // Memory that is forgotten grows in every series. Allocators grow too, in steps: one series without growth acquits.
        long growth = Allowed;
        for (int series = 0; series < 4 && growth >= Allowed; series++)
        {
            long before = Environment.WorkingSet;
            DecodeAll(250);
            growth = Environment.WorkingSet - before;
        }

        Assert.Equal(tracked, (Stats.Mem, Stats.Allocations));
        Assert.True(growth < Allowed, $"250 rounds took {growth:N0} bytes more.");
    }

    [Fact]
    public void Threads_that_decode_side_by_side_get_what_one_alone_gets()
    {
        byte[][] expected = [.. Good.Select(file => Pictures.Decode(file, 80, 80))];

        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            Assert.Equal(expected[i % Good.Length], Pictures.Decode(Good[i % Good.Length], 80, 80));
            Assert.Throws<ImageException>(() => Pictures.Decode(Bad[i % Bad.Length], 80, 80));
        });
    }

    [Fact]
    public void Photos_pass_the_strictest_check_for_damage()
    {
        var photos = Directory.GetFiles(TestData.InShared("data", "flickr8k", "images"))
            .Order(StringComparer.Ordinal).Where((_, i) => i % 50 == 0);

        Assert.All(photos, photo => Pictures.Decode(File.ReadAllBytes(photo), 224, 224));
    }

    private static void DecodeAll(int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            foreach (byte[] file in Good)
                Pictures.Decode(file, 80, 80, (ImageFit)(round % 3));
            foreach (byte[] file in Bad)
                Assert.Throws<ImageException>(() => Pictures.Decode(file, 80, 80));
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
