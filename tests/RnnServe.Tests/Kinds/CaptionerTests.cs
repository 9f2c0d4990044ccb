using RnnServe.Inference.Images;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Kinds;

public sealed class CaptionerTests : IDisposable
{
    private static readonly LoadOptions NoCache = new() { ImageCacheBytes = 0 };
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Two_hundred_images_get_the_captions_together_that_they_get_alone_bit_for_bit(bool attention)
    {
        var batching = new BatchingOptions { Workers = 2, MaxRows = 18 };
        await using var captioner = Create(new TinyBundleOptions { Attention = attention }, batching, NoCache);
        var files = Enumerable.Range(0, 200).Select(i => (ReadOnlyMemory<byte>)Image(i)).ToList();
        var options = new SearchOptions { Tokens = true, Alternatives = 2, Attention = attention };
        var alone = new List<ImageCaption>();
        foreach (var file in files)
            alone.AddRange(await captioner.CaptionAsync([file], options, default));

        var requests = await Task.WhenAll(files.Chunk(40).Select(chunk => captioner.CaptionAsync(chunk, options, default)));

        var together = requests.SelectMany(captions => captions).ToList();
        Assert.True(alone.Select(c => c.Text).Distinct().Count() > 10, "The captions hardly depend on the images.");
        for (int i = 0; i < files.Count; i++)
            AssertSame(alone[i], together[i]);
    }

    [Fact]
    public async Task A_repeated_image_is_found_in_the_cache_and_gets_the_same_caption()
    {
        await using var captioner = Create();
        var options = new SearchOptions { Tokens = true, Attention = true };

        var first = await captioner.CaptionAsync([Image(1), Image(2)], options, default);
        var second = await captioner.CaptionAsync([Image(2), Image(3)], options, default);

        AssertSame(first[1], second[0]);
        var counts = captioner.Cache;
        Assert.Equal((1, 3, 3), (counts.Hits, counts.Misses, counts.Images));
        // 9 cells of 12 and 6 numbers, and states of 10 and 4.
        Assert.Equal(3 * ((sizeof(float) * ((9 * (12 + 6)) + 10 + 4)) + FeatureCache.BytesPerEntry), counts.Bytes);
    }

    [Fact]
    public async Task The_cache_keeps_what_was_asked_for_last_and_stays_within_its_bound()
    {
        int oneImage = (sizeof(float) * ((9 * (12 + 6)) + 10 + 4)) + FeatureCache.BytesPerEntry;
        await using var captioner = Create(images: new LoadOptions { ImageCacheBytes = (2 * oneImage) + 1 });

        foreach (int image in (int[])[1, 2, 1, 3, 1, 2])
            await captioner.CaptionAsync([Image(image)], new SearchOptions(), default);

        // 1 2 come, 1 is found, 3 displaces 2, 1 is found, 2 displaces 3.
        Assert.Equal(new FeatureCacheCounts(Hits: 2, Misses: 4, Images: 2, Bytes: 2 * oneImage), captioner.Cache);
    }

    [Fact]
    public async Task A_cache_of_no_bytes_remembers_nothing()
    {
        await using var captioner = Create(images: NoCache);

        await captioner.CaptionAsync([Image(1)], new SearchOptions(), default);
        await captioner.CaptionAsync([Image(1)], new SearchOptions(), default);

        Assert.Equal(default, captioner.Cache);
    }

    [Fact]
    public async Task A_canary_runs_the_encoder_although_its_image_is_in_the_cache()
    {
        await using var captioner = Create();
        byte[] canary = await File.ReadAllBytesAsync(Path.Combine(captioner.Bundle.Folder, "canary.png"));
        await captioner.CaptionAsync([canary], new SearchOptions(), default);

        await Canary.CheckAsync(captioner);

        Assert.Equal((0, 1), (captioner.Cache.Hits, captioner.Cache.Misses));
    }

    [Fact]
    public async Task A_canary_may_have_more_pixels_than_the_operator_allows_others()
    {
        await using var captioner = Create(images: new LoadOptions { Images = new() { MaxPixels = 1 } });

        await Canary.CheckAsync(captioner);

        await Assert.ThrowsAsync<ImageRefusedException>(() => captioner.CaptionAsync([Image(1)], new SearchOptions(), default));
    }

    [Fact]
    public async Task Attention_covers_the_grid_and_its_rows_sum_to_one()
    {
        await using var captioner = Create();

        var found = (await captioner.CaptionAsync([Image(5)], new SearchOptions { Attention = true, Tokens = true }, default))[0];

        Assert.Equal([3, 3], found.Attention!.Grid);
        Assert.Equal(found.Tokens!.Select(t => t.Text), found.Attention.Target);
        Assert.Equal(found.Attention.Target.Count, found.Attention.Weights.Count);
        Assert.All(found.Attention.Weights, row => Assert.Equal(TinyCaptionBundle.Cells, row.Count));
        Assert.All(found.Attention.Weights, row => Assert.Equal(1, row.Sum(), tolerance: 1e-5));
    }

    [Fact]
    public async Task Tokens_score_confidence_alternatives_and_times_agree_with_each_other()
    {
        await using var captioner = Create();
        var options = new SearchOptions { BeamSize = 6, Alternatives = 5, Tokens = true };

        var found = (await captioner.CaptionAsync([Image(7)], options, default))[0];

        Assert.Equal(Math.Exp(found.Tokens!.Average(t => t.LogProb)), found.Confidence, tolerance: 1e-6);
        double[] scores = [found.Score, .. found.Alternatives.Select(a => a.Score)];
        string[] texts = [found.Text, .. found.Alternatives.Select(a => a.Text)];
        Assert.True(texts.Length > 1);
        Assert.Equal(scores.OrderDescending(), scores);
        Assert.Equal(texts.Length, texts.Distinct().Count());
        Assert.Null(found.Attention);
        Assert.True(found is { ImageMs: > 0, Timing: { EncodeMs: > 0, DecodeMs: > 0, TotalMs: > 0 } });
    }

    [Fact]
    public async Task A_caption_has_at_most_30_tokens_unless_the_request_says_otherwise()
    {
        await using var captioner = Create();
        SearchOptions Endless(int? most) => new() { Tokens = true, LengthPenalty = 2, BeamSize = 8, MaxLength = most };

        var usual = await captioner.CaptionAsync([.. Enumerable.Range(0, 40).Select(i => Image(i))], Endless(null), default);
        var greedy = await captioner.CaptionAsync([Image(0)], new SearchOptions { Tokens = true, BeamSize = 1, MaxLength = 1 }, default);

        var longer = await captioner.CaptionAsync([.. Enumerable.Range(0, 40).Select(i => Image(i))], Endless(60), default);

        Assert.All(usual, caption => Assert.InRange(caption.Tokens!.Count, 1, 30));
        Assert.Contains(longer, caption => caption.Tokens!.Count > 30);
        Assert.Single(greedy[0].Tokens!);
        Assert.Equal(greedy[0].Tokens![0].Text != "</s>", greedy[0].Truncated);
    }

    [Fact]
    public async Task The_image_that_cannot_be_read_is_named_and_nothing_is_queued()
    {
        await using var captioner = Create();

        var error = await Assert.ThrowsAsync<ImageRefusedException>(
            () => captioner.CaptionAsync([Image(1), "no image"u8.ToArray(), Image(2)], new SearchOptions(), default));

        Assert.Equal((1, ImageProblem.UnknownType), (error.Index, error.Problem));
        Assert.Equal((0, 0), (captioner.Queued, captioner.Waiting));
    }

    [Fact]
    public async Task Of_several_images_that_cannot_be_read_the_first_is_named()
    {
        await using var captioner = Create();
        // The first takes the longest: its size is only known to be wrong at its end.
        byte[] slow = Image(2, 900, 900);
        ReadOnlyMemory<byte> text = "no image"u8.ToArray();
        var images = new List<ReadOnlyMemory<byte>> { Image(1), slow.AsMemory(0, slow.Length - 200), text, text };

        for (int round = 0; round < 20; round++)
        {
            var error = await Assert.ThrowsAsync<ImageRefusedException>(() => captioner.CaptionAsync(images, new SearchOptions(), default));
            Assert.Equal((1, ImageProblem.Undecodable), (error.Index, error.Problem));
        }
    }

    [Fact]
    public async Task The_files_may_go_as_soon_as_they_are_read()
    {
        await using var captioner = Create();
        var files = new List<ReadOnlyMemory<byte>> { Image(1), Image(2) };
        var expected = await captioner.CaptionAsync([.. files], new SearchOptions(), default);

        using var read = await captioner.ReadAsync(files, new SearchOptions(), default);
        Assert.Equal(2, captioner.Waiting);
        files.Clear();
        var found = await captioner.CaptionAsync(read, default);

        Assert.Equal(0, captioner.Waiting);
        Assert.Equal(expected.Select(c => c.Text), found.Select(c => c.Text));
    }

    [Fact]
    public async Task A_request_that_is_refused_takes_no_place_from_another()
    {
        await using var captioner = Create(batching: new BatchingOptions { Workers = 1, MaxRows = 6, MaxQueued = 2 });
        var tooMany = Enumerable.Repeat<ReadOnlyMemory<byte>>(Image(1), 3).ToList();

        // Whoever asks for too many is refused over and over, while one image at a time must always find its place.
        using var stop = new CancellationTokenSource();
        var crowd = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                await Assert.ThrowsAsync<QueueFullException>(() => captioner.CaptionAsync(tooMany, new SearchOptions(), default));
        })).ToList();
        for (int i = 0; i < 200; i++)
            Assert.Single(await captioner.CaptionAsync([Image(i)], new SearchOptions { BeamSize = 1, MaxLength = 2 }, default));
        await stop.CancelAsync();
        await Task.WhenAll(crowd);

        Assert.Equal(0, captioner.Waiting);
    }

    [Fact]
    public async Task More_images_than_may_wait_are_refused_before_any_is_decoded()
    {
        await using var captioner = Create(batching: new BatchingOptions { Workers = 1, MaxRows = 6, MaxQueued = 2 });
        ReadOnlyMemory<byte> noImage = "no image"u8.ToArray();

        var error = await Assert.ThrowsAsync<QueueFullException>(
            () => captioner.CaptionAsync([noImage, noImage, noImage], new SearchOptions(), default));

        Assert.Equal((0, 3, 2), (error.Queued, error.Asked, error.Limit));
        Assert.Single(await captioner.CaptionAsync([Image(1)], new SearchOptions(), default));
    }

    public static TheoryData<SearchOptions, string> OptionsOutOfRange => new()
    {
        { new SearchOptions { BeamSize = 17 }, "beamSize" },
        { new SearchOptions { BeamSize = 2, Alternatives = 2 }, "alternatives" },
        { new SearchOptions { LengthPenalty = 2.1f }, "lengthPenalty" },
        { new SearchOptions { MaxLength = 513 }, "maxLength" },
        { new SearchOptions { Attention = true }, "include" },
    };

    [Theory, MemberData(nameof(OptionsOutOfRange))]
    public async Task An_option_out_of_range_is_refused_by_name(SearchOptions options, string name)
    {
        await using var captioner = Create(new TinyBundleOptions { Attention = false });

        var error = await Assert.ThrowsAnyAsync<ArgumentException>(() => captioner.CaptionAsync([Image(1)], options, default));

        Assert.Equal(name, error.ParamName);
    }

    [Fact]
    public async Task Attention_of_too_many_images_at_once_is_refused()
    {
        await using var captioner = Create();
        var images = Enumerable.Repeat<ReadOnlyMemory<byte>>(Image(1), 900).ToList();

        await Assert.ThrowsAsync<AttentionTooLargeException>(
            () => captioner.CaptionAsync(images, new SearchOptions { Attention = true, MaxLength = 512 }, default));
    }

    [Fact]
    public async Task Cancelled_calls_and_calls_after_closing_are_refused()
    {
        var captioner = Create();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => captioner.CaptionAsync([Image(1)], new SearchOptions(), cancelled.Token));

        await captioner.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => captioner.CaptionAsync([Image(1)], new SearchOptions(), default));
    }

    private static byte[] Image(int seed) => Image(seed, 30 + (seed % 7), 30 + (seed % 5));

    private static byte[] Image(int seed, int width, int height) => TinyCaptionBundle.Image(seed, width, height);

    private static void AssertSame(ImageCaption expected, ImageCaption found)
    {
        Assert.Equal(expected.Text, found.Text);
        Assert.Equal(expected.Score, found.Score);
        Assert.Equal(expected.Tokens, found.Tokens);
        Assert.Equal(expected.Alternatives, found.Alternatives);
        Assert.Equal(expected.Attention?.Weights, found.Attention?.Weights);
    }

    private Captioner Create(TinyBundleOptions? options = null, BatchingOptions? batching = null, LoadOptions? images = null)
    {
        string bundle = TinyCaptionBundle.Create(folder.Path, "tiny", options);
        return Captioner.LoadAsync(bundle, batching ?? new BatchingOptions { Workers = 1 }, images).GetAwaiter().GetResult();
    }
}
