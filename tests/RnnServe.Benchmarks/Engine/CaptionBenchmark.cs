using System.CommandLine;
using System.Diagnostics;
using NetVips;
using RnnServe.Inference.Images;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;

namespace RnnServe.Benchmarks;

/// <summary>caption: what one caption takes, alone on one worker, which part takes it, and how many there are in a second.</summary>
internal static class CaptionBenchmark
{
    private const int WarmUp = 30, Rounds = 300, LeastPixels = 1_000_000, Beam = 3;

    private static readonly int[] Callers = [1, 2, 4, 16, 64];

    private static readonly LoadOptions WithoutCache = new() { ImageCacheBytes = 0 };

    public static Command Create()
    {
        var photo = new Argument<FileInfo>("photo")
        {
            Description = "A JPEG file. A small one is laid out beside and below itself until it has a million pixels.",
        }.AcceptExistingOnly();
        var (rounds, seconds) = (CommonOptions.Rounds(3), CommonOptions.Seconds(4));
        var command = new Command("caption", "Captions: photo, CNN and search of one at a time, and images a second by callers.")
        {
            CommonOptions.Bundle, photo, rounds, seconds, CommonOptions.Output,
        };
        command.SetAction(async (arguments, stop) =>
        {
            string bundle = arguments.GetRequiredValue(CommonOptions.Bundle).FullName;
            byte[] file = Enlarge(await File.ReadAllBytesAsync(arguments.GetRequiredValue(photo).FullName, stop), out string size);
            var report = Report.Start("caption", BundleReader.Load(bundle).Manifest.Name, arguments);
            await PartsAsync(report, bundle, file, size);
            await RatesAsync(report, bundle, file, arguments.GetValue(rounds), arguments.GetValue(seconds), stop);
            report.Save();
        });
        return command;
    }

    /// <summary>One caption after the other on one worker.</summary>
    private static async Task PartsAsync(Report report, string bundle, byte[] file, string size)
    {
        await using var captioner = await Captioner.LoadAsync(bundle, new BatchingOptions { Workers = 1 }, WithoutCache);
        var options = new SearchOptions { BeamSize = Beam, Tokens = true };

        List<double>[] times = [[], [], [], []];
        ImageCaption caption = null!;
        for (int round = -WarmUp; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            caption = (await captioner.CaptionAsync([file], options, CancellationToken.None))[0];
            double total = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            double[] parts = [caption.ImageMs, caption.Timing.EncodeMs, caption.Timing.DecodeMs, total];
            for (int part = 0; round >= 0 && part < parts.Length; part++)
                times[part].Add(parts[part]);
        }

        report.Say($"{size}, {file.Length / 1000} kB, {captioner.Precision}, beam {options.BeamSize}, {caption.Tokens!.Count} tokens, "
            + $"one worker, {Rounds} captions: \"{caption.Text}\"");
        report.Header("part", "median", "25th percentile", "75th percentile", "95th percentile");
        string[] names = ["decoding and scaling the photo", "CNN", "beam search", "**all**, from the file's bytes to the caption"];
        foreach (var (name, list) in names.Zip(times))
            report.Row(name, Measured.Cells(list, 0.5, 0.25, 0.75, 0.95));
    }

    /// <summary>Callers who ask again as soon as they have their caption, with a worker on each core.</summary>
    private static async Task RatesAsync(Report report, string bundle, byte[] file, int rounds, double seconds, CancellationToken stop)
    {
        await using var captioner = await Captioner.LoadAsync(bundle, new BatchingOptions(), WithoutCache, cancellation: stop);
        Ask ask = async (_, cancellation) =>
        {
            await captioner.CaptionAsync([file], new SearchOptions { BeamSize = Beam }, cancellation);
            return Load.Answered;
        };
        var results = await Load.InRoundsAsync<int>(rounds, async found =>
        {
            foreach (int callers in Callers)
                found(callers, await new Load(ask, seconds).ClosedAsync(callers, stop));
        });

        report.Section($"The same photo by many callers, {Environment.ProcessorCount} workers");
        report.Say($"Nothing is remembered: each photo is decoded and goes through the CNN. Medians of {rounds} rounds of {seconds} s.");
        report.Header("callers", "images/s", "p50", "p95", "p99");
        foreach (var (callers, found) in results)
            report.Row($"{callers}", Measured.Spread(found.Select(r => r.Rate)), Measured.TimeCells(found));
    }

    private static byte[] Enlarge(byte[] file, out string size)
    {
        var (width, height) = ImageDecoder.Measure(file, new ImageLimits());
        int times = (int)Math.Ceiling(Math.Sqrt(LeastPixels / ((double)width * height)));
        size = $"{width * times} x {height * times} pixels";
        if (times == 1)
            return file;

        using var image = Image.NewFromBuffer(file);
        using var tiled = image.Replicate(times, times);
        return tiled.JpegsaveBuffer(q: 85);
    }
}
