using System.Globalization;

namespace RnnServe.Inference.Models;

/// <summary>What the fields of a manifest must satisfy beyond their types.</summary>
internal static class ManifestRules
{
    /// <exception cref="StrictJsonException">The first field that breaks a rule.</exception>
    public static void Check(ModelManifest manifest)
    {
        const int format = ModelManifest.CurrentFormat;
        Expect(manifest.FormatVersion == format, "formatVersion", manifest.FormatVersion, $"{format}");
        Expect(IsName(manifest.Name), "name", $"'{manifest.Name}'", "letters, digits, '-', '_' and '.', the first a letter or digit");
        CheckTask(manifest);
        CheckGraphs(manifest.Graphs);
        CheckDecoder(manifest.Decoder);
        CheckDecoding(manifest.Decoding);
        CheckFiles(manifest);
    }

    private static void CheckTask(ModelManifest manifest)
    {
        bool text = manifest.Task == ModelTask.Translate;
        bool known = text || manifest.Task == ModelTask.Caption;
        Expect(known, "task", $"'{manifest.Task}'", $"'{ModelTask.Translate}' or '{ModelTask.Caption}'");
        ExpectPresence(manifest.Languages.Source is not null, text, "languages.source", manifest.Task);
        ExpectPresence(manifest.Tokenizers.Source is not null, text, "tokenizers.source", manifest.Task);
        ExpectPresence(manifest.Encoder is not null, text, "encoder", manifest.Task);
        ExpectPresence(manifest.Image is not null, !text, "image", manifest.Task);
        if (manifest.Encoder is { } encoder)
        {
            ExpectRange(encoder.VocabularySize, 1, int.MaxValue, "encoder.vocabularySize");
            ExpectRange(encoder.EndId, 0, encoder.VocabularySize - 1, "encoder.endId");
            ExpectRange(encoder.PadId, 0, encoder.VocabularySize - 1, "encoder.padId");
        }

        if (manifest.Image is { } image)
            CheckImage(image, manifest);
    }

    private static void CheckImage(ImageManifest image, ModelManifest manifest)
    {
        ExpectRange(image.Size, 1, 4096, "image.size");
        bool fits = ImageManifest.Fits.Contains(image.Fit, StringComparer.Ordinal);
        Expect(fits, "image.fit", $"'{image.Fit}'", string.Join(", ", ImageManifest.Fits.Select(fit => $"'{fit}'")));
        Expect(image.Mean.Count == 3, "image.mean", $"{image.Mean.Count} numbers", "3 numbers");
        Expect(image.Std.Count == 3, "image.std", $"{image.Std.Count} numbers", "3 numbers");
        for (int i = 0; i < 3; i++)
            Expect(image.Std[i] > 0, $"image.std[{i}]", image.Std[i], "a number above 0");

        Expect(image.Grid.Count == 2, "image.grid", $"{image.Grid.Count} numbers", "2 numbers: rows and columns");
        int most = manifest.Decoder.Attention ? 256 : 1;
        for (int i = 0; i < 2; i++)
            ExpectRange(image.Grid[i], 1, most, $"image.grid[{i}]");

        // Nothing of an image has to be looked at: the penalty would favour captions that stare at each cell.
        float penalty = manifest.Decoding.CoveragePenalty;
        Expect(penalty == 0, "decoding.coveragePenalty", penalty, $"0 (task '{manifest.Task}' has none)");
    }

    private static void CheckGraphs(PrecisionSet graphs) =>
        Expect(graphs.Of(graphs.Default) is not null, "graphs.default", $"'{graphs.Default}'", "a precision that 'graphs' describes");

    private static void CheckDecoder(DecoderManifest decoder)
    {
        ExpectRange(decoder.VocabularySize, 2, int.MaxValue, "decoder.vocabularySize");
        ExpectRange(decoder.StartId, 0, decoder.VocabularySize - 1, "decoder.startId");
        ExpectRange(decoder.EndId, 0, decoder.VocabularySize - 1, "decoder.endId");
        ExpectRange(decoder.PadId, 0, decoder.VocabularySize - 1, "decoder.padId");
        if (decoder.UnknownId is { } unknown)
            ExpectRange(unknown, 0, decoder.VocabularySize - 1, "decoder.unknownId");
        bool endIsProduced = decoder.EndId != decoder.StartId && decoder.EndId != decoder.PadId && decoder.EndId != decoder.UnknownId;
        Expect(endIsProduced, "decoder.endId", decoder.EndId, "an id of its own");

        Expect(decoder.States.Count > 0, "decoder.states", "none", "one or more");
        for (int i = 0; i < decoder.States.Count; i++)
        {
            ExpectRange(decoder.States[i].Size, 1, 1 << 20, $"decoder.states[{i}].size");
            string name = decoder.States[i].Name;
            bool unique = decoder.States.Take(i).All(s => s.Name != name);
            Expect(unique && name.Length > 0, $"decoder.states[{i}].name", $"'{name}'", "a name of its own");
        }

        int least = decoder.Attention ? 1 : 0;
        int most = decoder.Attention ? 1 << 20 : 0;
        ExpectRange(decoder.MemorySize, least, most, "decoder.memorySize");
        ExpectRange(decoder.KeySize, least, most, "decoder.keySize");
    }

    private static void CheckDecoding(DecodingManifest decoding)
    {
        ExpectRange(decoding.Limits.BeamSize, 1, 64, "decoding.limits.beamSize");
        ExpectRange(decoding.Limits.MaxLength, 1, 4096, "decoding.limits.maxLength");
        ExpectRange(decoding.Limits.SourceLength, 2, 4096, "decoding.limits.sourceLength");
        ExpectRange(decoding.BeamSize, 1, decoding.Limits.BeamSize, "decoding.beamSize");
        ExpectPenalty(decoding.LengthPenalty, "decoding.lengthPenalty");
        ExpectPenalty(decoding.CoveragePenalty, "decoding.coveragePenalty");
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
            bool hash = file.Sha256.Length == 64 && file.Sha256.All(char.IsAsciiHexDigitLower);
            Expect(hash, $"files[{i}].sha256", $"'{file.Sha256}'", "64 lower-case hexadecimal digits");
            Expect(file.Bytes >= 0, $"files[{i}].bytes", file.Bytes, "0 or more");
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

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 100 && char.IsAsciiLetterOrDigit(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static void ExpectPresence(bool present, bool wanted, string field, string task) =>
        Expect(
            present == wanted,
            field,
            present ? "a value" : "nothing",
            wanted ? $"a value (task '{task}' needs it)" : $"nothing (task '{task}' has none)");

    private static void ExpectPenalty(float value, string field) => Expect(value is >= 0 and <= 2, field, value, "0 to 2");

    private static void ExpectRange(int value, int least, int most, string field) =>
        Expect(value >= least && value <= most, field, value, least == most ? $"{least}" : $"{least} to {most}");

    private static void Expect(bool holds, string field, object found, string expected)
    {
        if (!holds)
            throw new StrictJsonException(field, Convert.ToString(found, CultureInfo.InvariantCulture)!, expected);
    }
}
