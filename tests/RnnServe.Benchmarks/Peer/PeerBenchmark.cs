using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Onnx;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Training.Export;

namespace RnnServe.Benchmarks;

/// <summary>peer: the same weights and the same search in PyTorch, in the same minutes on the same machine.</summary>
internal static class PeerBenchmark
{
    private const int Beam = 5, ManyAtOnce = 32;

    public static Command Create()
    {
        var rounds = CommonOptions.Rounds(3);
        var command = new Command("peer", "The same weights and the same search in PyTorch; skipped where there is none.")
        {
            CommonOptions.Bundle, CommonOptions.Texts, rounds, CommonOptions.Take, CommonOptions.Output,
        };
        command.SetAction(arguments => RunAsync(arguments, arguments.GetValue(rounds)));
        return command;
    }

    /// <remarks>For models of GRUs with additive attention, as the shipped ones.</remarks>
    private static async Task RunAsync(ParseResult arguments, int rounds)
    {
        if (Torch.Python is null)
        {
            Console.WriteLine($"Skipped: {Torch.Missing}.");
            return;
        }

        string[] sentences = arguments.Sentences();
        var bundle = BundleReader.Load(arguments.GetRequiredValue(CommonOptions.Bundle).FullName);
        var peer = Directory.CreateTempSubdirectory("rnnserve-peer-").FullName;
        try
        {
            Write(peer, bundle, sentences);
            var report = Report.Start("peer", bundle.Manifest.Name, arguments);
            report.Say($"{sentences.Length} sentences, beam {Beam}; sentences/s, medians of {rounds} rounds in which all take turns, "
                + "in brackets the least and the greatest. PyTorch has the number of threads that is its best.");
            string library = Beams(peer, bundle, ManyAtOnce, 1).Library;
            int same = await AgreementAsync(peer, bundle, sentences);
            report.Say($"PyTorch is {library}; of its translations {same} of {sentences.Length} are the same as ours in fp32.");
            report.Header("sentences at once", "PyTorch fp32", "fp32", "ratio", "int8", "ratio");
            foreach (int batch in new[] { 1, ManyAtOnce })
                await CompareAsync(report, peer, bundle, sentences, (batch, rounds));
            report.Save();
        }
        finally
        {
            Directory.Delete(peer, recursive: true);
        }
    }

    private static async Task CompareAsync(Report report, string peer, ModelBundle bundle, string[] sentences, (int Batch, int Rounds) how)
    {
        var (batch, rounds) = how;
        // PyTorch's best number of threads; programs take turns, so that what disturbs one disturbs all.
        var torch = new List<double>();
        var ours = PrecisionSet.Names.ToDictionary(name => name, _ => new List<double>());
        for (int round = 0; round < rounds; round++)
        {
            torch.Add(Enumerable.Range(1, Environment.ProcessorCount).Max(threads => Beams(peer, bundle, batch, threads).Rate));
            foreach (string precision in PrecisionSet.Names.Where(name => bundle.Manifest.Graphs.Of(name) is not null))
                ours[precision].Add(await RateAsync(bundle.Folder, precision, sentences, batch));
        }

        var cells = ours.Values.SelectMany(rates => rates.Count > 0
            ? new[] { Measured.Spread(rates), $"{Measured.Median(rates.Zip(torch, (rate, theirs) => rate / theirs)):F1}" }
            : ["", ""]);
        report.Row([$"{batch}", Measured.Spread(torch, 1), .. cells]);
    }

    private static async Task<double> RateAsync(string folder, string precision, string[] sentences, int batch)
    {
        var batching = new BatchingOptions { MaxQueued = 1_000_000, Workers = batch == 1 ? 1 : 0 };
        await using var translator = await Translator.LoadAsync(folder, batching, new LoadOptions { Precision = precision });
        var options = new SearchOptions { BeamSize = Beam };
        long start = Stopwatch.GetTimestamp();
        foreach (string[] some in batch == 1 ? sentences.Chunk(1) : [sentences])
            await translator.TranslateAsync(some, options, CancellationToken.None);
        return sentences.Length / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>How many of the peer's last translations are what the bundle gives.</summary>
    private static async Task<int> AgreementAsync(string peer, ModelBundle bundle, string[] sentences)
    {
        await using var translator = await Translator.LoadAsync(
            bundle.Folder, new BatchingOptions { MaxQueued = 1_000_000 }, new LoadOptions { Precision = PrecisionSet.FullName });
        var ours = await translator.TranslateAsync(sentences, new SearchOptions { BeamSize = Beam }, CancellationToken.None);
        var target = ((TranslateManifest)bundle.Manifest).LoadTarget(bundle.Folder);
        var theirs = File.ReadLines(Path.Combine(peer, "hypotheses.txt"))
            .Select(line => target.Decode([.. line.Split(' ').Select(id => int.Parse(id, CultureInfo.InvariantCulture))]));
        return ours.Zip(theirs).Count(pair => pair.First.Text == pair.Second);
    }

    /// <summary>Runs the peer.</summary>
    /// <returns>Sentences per second, and its version with the library that multiplies its matrices.</returns>
    private static (double Rate, string Library) Beams(string peer, ModelBundle bundle, int batch, int threads)
    {
        string penalty = ((TranslateManifest)bundle.Manifest).Decoding.LengthPenalty.ToString(CultureInfo.InvariantCulture);
        string[] said = Torch.Run("torch_beam.py", peer, $"{Beam}", penalty, $"{batch}", $"{threads}").Trim().Split(' ', 3);
        return (double.Parse(said[0], CultureInfo.InvariantCulture), $"{said[1]} with {said[2]}");
    }

    /// <summary>Weights, settings and sources as the peer reads them.</summary>
    private static void Write(string peer, ModelBundle bundle, string[] sentences)
    {
        var (manifest, full) = ((TranslateManifest)bundle.Manifest, bundle.Manifest.Graphs.Full!);
        using (var archive = ZipFile.Open(Path.Combine(peer, "weights.npz"), ZipArchiveMode.Create))
        {
            foreach (var (name, weight) in full.All
                .SelectMany(file => Matrix.Of(ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(bundle.Folder, file))).Graph))
                .DistinctBy(weight => weight.Key))
            {
                using var entry = archive.CreateEntry(name + ".npy", CompressionLevel.NoCompression).Open();
                WriteArray(entry, name, weight);
            }
        }

        var decoder = manifest.Decoder;
        var banned = TokenRules.Of(decoder).Banned;
        File.WriteAllText(
            Path.Combine(peer, "settings.json"),
            JsonSerializer.Serialize(new { start = decoder.StartId, end = decoder.EndId, pad = manifest.Translate.Encoder.PadId, banned }));
        var source = manifest.LoadTokenizers(bundle.Folder).Source;
        File.WriteAllLines(
            Path.Combine(peer, "sources.txt"),
            sentences.Select(sentence => string.Join(' ', source.Encode(sentence).Append(manifest.Translate.Encoder.EndId))));
    }

    /// <summary>NumPy's format, version 1.0: a header of a multiple of 64 bytes, then the numbers.</summary>
    private static void WriteArray(Stream stream, string name, Matrix weight)
    {
        string shape = weight.Rows == 1 && !name.EndsWith("weight", StringComparison.Ordinal)
            ? $"({weight.Columns},)"
            : $"({weight.Rows}, {weight.Columns})";
        string header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}";
        header = header.PadRight(((header.Length + 11 + 63) / 64 * 64) - 11) + "\n";
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. Encoding.ASCII.GetBytes(header)]);
        stream.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(weight.Values));
    }
}
