using System.CommandLine;
using System.Diagnostics;
using RnnServe.Inference.Batching;
using RnnServe.Inference.Images;
using RnnServe.Inference.Tasks;

namespace RnnServe.Benchmarks;

/// <summary>caption: what one caption takes, alone on one worker, and which part takes it.</summary>
internal static class CaptionBenchmark
{
    private const int WarmUp = 30, Rounds = 300, LeastPixels = 1_000_000;

    public static Command Create()
    {
        var photo = new Argument<FileInfo>("photo")
        {
            Description = "A JPEG file. A small one is laid out beside and below itself until it has a million pixels.",
        }.AcceptExistingOnly();
        var command = new Command("caption", "One caption at a time on one worker: photo, CNN, search.")
        {
            CommonOptions.Bundle, photo, CommonOptions.Output,
        };
        command.SetAction(arguments => RunAsync(
            arguments.GetRequiredValue(CommonOptions.Bundle).FullName, arguments.GetRequiredValue(photo).FullName, arguments));
        return command;
    }

    private static async Task RunAsync(string bundle, string photo, ParseResult arguments)
    {
        byte[] file = Enlarge(await File.ReadAllBytesAsync(photo), out string size);
        await using var captioner = await Captioner.LoadAsync(
            bundle, new BatchingOptions { Workers = 1 }, new LoadOptions { Images = new() { CacheBytes = 0 } });
        var options = new CaptionOptions { BeamSize = 3, Tokens = true };

        List<double>[] times = [[], [], [], []];
        Caption caption = null!;
        for (int round = -WarmUp; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            caption = (await captioner.CaptionAsync([file], options, CancellationToken.None))[0];
            double total = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            double[] parts = [caption.ImageMs, caption.Timing.EncodeMs, caption.Timing.DecodeMs, total];
            for (int part = 0; round >= 0 && part < parts.Length; part++)
                times[part].Add(parts[part]);
        }

        var report = Report.Start("caption", captioner.Sessions.Bundle.Manifest.Name, arguments);
        report.Say($"{size}, {file.Length / 1000} kB, {captioner.Sessions.Precision}, beam {options.BeamSize}, {caption.Tokens!.Count} tokens, "
            + $"one worker, {Rounds} captions: \"{caption.Text}\"");
        report.Header("part", "median", "25th percentile", "75th percentile", "95th percentile");
        string[] names = ["decoding and scaling the photo", "CNN", "beam search", "**all**, from the file's bytes to the caption"];
        foreach (var (name, list) in names.Zip(times))
            report.Row(name, Measured.Cells(list, 0.5, 0.25, 0.75, 0.95));
        report.Save();
    }

    private static unsafe byte[] Enlarge(byte[] file, out string size)
    {
        var (width, height) = ImageDecoder.Measure(file, new ImageLimits());
        int times = (int)Math.Ceiling(Math.Sqrt(LeastPixels / ((double)width * height)));
        size = $"{width * times} x {height * times} pixels";
        if (times == 1)
            return file;

        string path = Path.GetTempFileName();
        try
        {
            fixed (byte* data = file)
            {
                using var image = VipsImage.Load("jpegload_buffer", data, file.Length);
                using var tiled = image.Then("replicate", ("across", $"{times}"), ("down", $"{times}"));
                using var save = new VipsOperation("jpegsave").With("in", tiled).With("filename", path).With("Q", "85");
                save.Run();
            }

            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
