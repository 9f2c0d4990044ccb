using System.Globalization;
using RnnServe.Inference.Kinds.Caption;

namespace RnnServe.Inference.Bundles;

/// <summary>What the fields of a manifest must satisfy together; what one must satisfy alone is its attribute.</summary>
internal static class ManifestRules
{
    /// <exception cref="StrictJsonException">The first field that breaks a rule.</exception>
    public static void Check(ModelManifest manifest)
    {
        CheckTask(manifest);
        CheckGraphs(manifest.Graphs);
        CheckDecoder(manifest.Decoder);
        CheckDecoding(manifest.Decoding);
        CheckFiles(manifest);
    }

    private static void CheckTask(ModelManifest manifest)
    {
        bool text = manifest.Task == ModelTask.Translate;
        ExpectPresence(manifest.Languages.Source is not null, text, "languages.source", manifest.Task);
        ExpectPresence(manifest.Tokenizers.Source is not null, text, "tokenizers.source", manifest.Task);
        ExpectPresence(manifest.Encoder is not null, text, "encoder", manifest.Task);
        ExpectPresence(manifest.Image is not null, !text, "image", manifest.Task);
        if (manifest.Encoder is { } encoder)
        {
            ExpectRange(encoder.EndId, 0, encoder.VocabularySize - 1, "encoder.endId");
            ExpectRange(encoder.PadId, 0, encoder.VocabularySize - 1, "encoder.padId");
        }

        if (manifest.Image is { } image)
            CheckImage(image, manifest);
    }

    private static void CheckImage(ImageManifest image, ModelManifest manifest)
    {
        for (int i = 0; i < 2 && !manifest.Decoder.Attention; i++)
            Expect(image.Grid[i] == 1, $"image.grid[{i}]", image.Grid[i], "1");

        // Nothing of an image has to be looked at: the penalty would favour captions that stare at each cell.
        float penalty = manifest.Decoding.CoveragePenalty;
        Expect(penalty == 0, "decoding.coveragePenalty", penalty, $"0 (task '{manifest.Task}' has none)");
    }

    private static void CheckGraphs(PrecisionSet graphs) =>
        Expect(graphs.Of(graphs.Default) is not null, "graphs.default", $"'{graphs.Default}'", "a precision that 'graphs' describes");

    private static void CheckDecoder(DecoderManifest decoder)
    {
        ExpectRange(decoder.StartId, 0, decoder.VocabularySize - 1, "decoder.startId");
        ExpectRange(decoder.EndId, 0, decoder.VocabularySize - 1, "decoder.endId");
        ExpectRange(decoder.PadId, 0, decoder.VocabularySize - 1, "decoder.padId");
        if (decoder.UnknownId is { } unknown)
            ExpectRange(unknown, 0, decoder.VocabularySize - 1, "decoder.unknownId");
        bool endIsProduced = decoder.EndId != decoder.StartId && decoder.EndId != decoder.PadId && decoder.EndId != decoder.UnknownId;
        Expect(endIsProduced, "decoder.endId", decoder.EndId, "an id of its own");

        for (int i = 0; i < decoder.States.Count; i++)
        {
            string name = decoder.States[i].Name;
            bool unique = decoder.States.Take(i).All(s => s.Name != name);
            Expect(unique, $"decoder.states[{i}].name", $"'{name}'", "a name of its own");
        }

        int least = decoder.Attention ? 1 : 0;
        int most = decoder.Attention ? 1 << 20 : 0;
        ExpectRange(decoder.MemorySize, least, most, "decoder.memorySize");
        ExpectRange(decoder.KeySize, least, most, "decoder.keySize");
    }

    private static void CheckDecoding(DecodingManifest decoding)
    {
        ExpectRange(decoding.BeamSize, 1, decoding.Limits.BeamSize, "decoding.beamSize");
        if (decoding.MaxLength is { } length)
            ExpectRange(length, 1, decoding.Limits.MaxLength, "decoding.maxLength");
    }

    private static void CheckFiles(ModelManifest manifest)
    {
        var listed = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < manifest.Files.Count; i++)
        {
            var file = manifest.Files[i];
            Expect(BundleFiles.IsInside(file.Path), $"files[{i}].path", $"'{file.Path}'", "a relative path inside the bundle without '..'");
            Expect(listed.Add(file.Path), $"files[{i}].path", $"'{file.Path}' twice", "it once");
        }

        foreach (var (field, path) in Paths(manifest))
        {
            Expect(BundleFiles.IsInside(path), field, $"'{path}'", "a relative path inside the bundle without '..'");
            Expect(listed.Contains(path), field, $"'{path}'", "a path that 'files' lists with its hash");
        }
    }

    /// <summary>Every path that the loader opens, with the field that names it.</summary>
    private static IEnumerable<(string Field, string Path)> Paths(ModelManifest manifest)
    {
        foreach (string precision in PrecisionSet.Names)
        {
            if (manifest.Graphs.Of(precision) is not { } graphs)
                continue;
            yield return ($"graphs.{precision}.encoder", graphs.Encoder);
            yield return ($"graphs.{precision}.decoder", graphs.Decoder);
        }

        if (manifest.Tokenizers.Source is { } source)
            yield return ("tokenizers.source", source);
        yield return ("tokenizers.target", manifest.Tokenizers.Target);
        if (manifest is { Task: ModelTask.Caption, Canary: { } canary })
            yield return ("canary.input", canary.Input);
    }

    private static void ExpectPresence(bool present, bool wanted, string field, string task) =>
        Expect(
            present == wanted,
            field,
            present ? "a value" : "nothing",
            wanted ? $"a value (task '{task}' needs it)" : $"nothing (task '{task}' has none)");

    private static void ExpectRange(int value, int least, int most, string field) =>
        Expect(value >= least && value <= most, field, value, least == most ? $"{least}" : $"{least} to {most}");

    private static void Expect(bool holds, string field, object found, string expected)
    {
        if (!holds)
            throw new StrictJsonException(field, Convert.ToString(found, CultureInfo.InvariantCulture)!, expected);
    }
}
