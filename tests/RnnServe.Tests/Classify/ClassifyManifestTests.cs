using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds.Classify;
using RnnServe.Inference.Scheduling;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Classify;

public sealed class ClassifyManifestTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static readonly Dictionary<string, Func<ClassifyManifest, ClassifyManifest>> Changes = new()
    {
        ["languages.source"] = m => m with { Languages = new() },
        ["languages.target"] = m => m with { Languages = new() { Source = "en", Target = "de" } },
        ["graphs.fp32.decoder"] = m => m with { Graphs = m.Graphs with { Full = m.Graphs.Full! with { Decoder = "encoder.onnx" } } },
        ["classify.padId"] = m => m with { Classify = m.Classify with { PadId = TinyBundle.VocabularySize } },
        ["classify.labels"] = m => m with { Classify = m.Classify with { Labels = ["red"] } },
        ["classify.labels[2]"] = m => m with { Classify = m.Classify with { Labels = ["red", "green", "red"] } },
        ["classify.labels[1]"] = m => m with { Classify = m.Classify with { Labels = ["red", " ", "blue"] } },
        ["classify.maxLength"] = m => m with { Classify = m.Classify with { MaxLength = 0 } },
        ["classify.tokenizer"] = m => m with { Classify = m.Classify with { Tokenizer = "../tokenizer.json" } },
        ["classify.vocabularySize"] = m => m with { Classify = m.Classify with { VocabularySize = TinyBundle.VocabularySize + 1 } },
        ["output 'logits'"] = m => m with { Classify = m.Classify with { Labels = ["red", "green"] } },
        ["output 'attention'"] = m => m with { Classify = m.Classify with { Attention = false } },
    };

    public static TheoryData<string> Fields => [.. Changes.Keys];

    [Theory, MemberData(nameof(Fields))]
    public async Task A_manifest_that_breaks_a_rule_or_contradicts_its_files_is_refused_by_the_fields_name(string field)
    {
        string bundle = TinyClassifyBundle.Create(folder.Path, "tiny");
        TinyBundle.Edit(bundle, manifest => Changes[field]((ClassifyManifest)manifest));

        var error = await Assert.ThrowsAsync<ModelBundleException>(() => Classifier.LoadAsync(bundle, new BatchingOptions { Workers = 1 }));

        Assert.Equal(field, error.Field);
    }
}
