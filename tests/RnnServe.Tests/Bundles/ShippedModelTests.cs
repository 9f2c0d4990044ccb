using System.Text.Json;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Inference.Text;
using RnnServe.Training.Graphs;
using RnnServe.Training.Metrics;

namespace RnnServe.Tests.Bundles;

/// <summary>The models in models/; translators on real sentences.</summary>
public sealed class ShippedModelTests
{
    private const int Sentences = 100, BatchSize = 64;

    public static TheoryData<string> Translators => ["multi30k-en-de", "multi30k-de-en"];

    [Theory, MemberData(nameof(Translators))]
    public async Task A_sentence_is_translated_alike_alone_and_in_a_batch_of_64(string name)
    {
        var translator = await Translator.LoadAsync(TestData.Model(name), new BatchingOptions());
        await using (translator)
        {
            var languages = translator.Bundle.Manifest.Languages;
            string[] texts = [.. TestData.Multi30k("val", languages.Source!).Take(Sentences)];
            var options = new SearchOptions { Alternatives = 2 };

            var (alone, _) = await AloneAndTogether.CheckAsync(
                texts, BatchSize, some => translator.TranslateAsync(some, options, CancellationToken.None));

            // The model is the one that its card describes, not merely consistent with itself.
            var references = TestData.Multi30k("val", languages.Target!).Take(Sentences);
            Assert.InRange(Bleu.Score([.. alone.Select(t => t.Text)], [[.. references]], lowerCase: false).Score, 34, 60);
        }
    }

    public static TheoryData<string> Bundles =>
        [.. Directory.GetDirectories(TestData.InRepository("models")).Select(folder => Path.GetFileName(folder)!)];

    [Theory, MemberData(nameof(Bundles))]
    public void A_shipped_bundle_is_small_and_says_under_what_terms_it_may_be_used(string name)
    {
        var bundle = BundleReader.Load(TestData.Model(name));

        var precisions = PrecisionSet.Names.Where(precision => bundle.Manifest.Graphs.Of(precision) is not null);
        Assert.All(precisions, precision => Assert.InRange(BytesWith(bundle, precision), 1, 25_000_000));
        string terms = name.StartsWith("everyday-", StringComparison.Ordinal)
            ? "Sentence pairs from www.manythings.org/anki and tatoeba.org, CC BY 2.0 FR "
                + "(https://creativecommons.org/licenses/by/2.0/fr/), filtered and split"
            : "non-commercial";
        Assert.Contains(terms, bundle.Manifest.Licence, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(bundle.Folder, "README.md")), "There is no model card.");
    }

    // Another order or another escape would give every new version of a bundle other hashes.
    [Theory, MemberData(nameof(Bundles))]
    public void A_shipped_manifest_is_written_again_byte_for_byte(string name)
    {
        byte[] manifest = File.ReadAllBytes(Path.Combine(TestData.Model(name), ManifestJson.FileName));

        Assert.Equal(manifest, ManifestJson.Write(ManifestJson.Read(manifest)));
    }

    [Theory]
    [InlineData("multi30k-de-en"), InlineData("flickr8k-en")]
    public void A_shipped_tokenizer_is_written_again_byte_for_byte(string name)
    {
        byte[] tokenizer = File.ReadAllBytes(Path.Combine(TestData.Model(name), "tokenizer.json"));
        using var read = JsonDocument.Parse(tokenizer);
        var model = read.RootElement.GetProperty("model");
        string[] tokens = [.. model.GetProperty("vocab").EnumerateObject().Select(token => token.Name)];
        var merges = model.TryGetProperty("merges", out var pairs)
            ? pairs.EnumerateArray().Select(pair => pair.GetString()!.Split(' ')).Select(pair => (pair[0], pair[1])).ToList()
            : null;

        Assert.Equal(tokenizer, merges is null ? TokenizerWriter.WriteWords(tokens) : TokenizerWriter.Write(tokens, merges));
    }

    /// <summary>What a folder takes that holds the graphs of one precision.</summary>
    private static long BytesWith(ModelBundle bundle, string precision)
    {
        var used = Assert.IsType<GraphFiles>(bundle.Manifest.Graphs.Of(precision));
        return new DirectoryInfo(bundle.Folder).EnumerateFiles()
            .Where(file => file.Extension != ".onnx" || file.Name == used.Encoder || file.Name == used.Decoder)
            .Sum(file => file.Length);
    }

}
