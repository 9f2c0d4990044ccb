using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Onnx;
using RnnServe.Inference.Search;

namespace RnnServe.Tests.Search;

/// <summary>The shipped encoders give a sentence the same numbers, bit for bit, whoever it is encoded with.</summary>
public sealed class TextEncoderTests
{
    /// <remarks>
    /// The first states come from a mean over the memory. In 8 bits a last bit of it that differs shows once in hundreds of sentences, when it turns a
    /// rounding, so that there have to be many.
    /// </remarks>
    [Theory, InlineData("int8", 150), InlineData("fp32", 50)]
    public void A_sentence_is_encoded_alike_alone_and_in_any_company(string precision, int runs)
    {
        var bundle = BundleReader.Load(TestData.InRepository("models", "multi30k-en-de", "1"));
        var manifest = (TranslateManifest)bundle.Manifest;
        using var sessions = ModelSessions.Load(bundle, precision: precision);
        using var alone = new TextEncoder(sessions.Encoder, manifest.Decoder, manifest.Translate.Encoder.PadId);
        using var together = new TextEncoder(sessions.Encoder, manifest.Decoder, manifest.Translate.Encoder.PadId);
        var random = new Random(1);

        for (int run = 0; run < runs; run++)
        {
            Source[] batch = [.. Enumerable.Range(0, 2 + (run % 7)).Select(_ => Sentence(random, manifest.Translate.Encoder))];
            together.Run(batch);
            for (int i = 0; i < batch.Length; i++)
            {
                alone.Run([batch[i]]);
                int positions = batch[i].Length;
                foreach (string name in new[] { TensorNames.Memory, TensorNames.Keys })
                    AssertSame(alone.Outputs[name], together.Outputs[name], i, positions, $"{name} of {positions} positions");
                foreach (string name in manifest.Decoder.States.Select(state => TensorNames.First(state.Name)))
                    AssertSame(alone.Outputs[name], together.Outputs[name], i, 1, $"{name} after {positions} positions");
            }
        }
    }

    private static TextSource Sentence(Random random, TextEncoderManifest text) =>
        new([.. Enumerable.Range(0, random.Next(3, 45)).Select(_ => random.Next(4, text.VocabularySize)), text.EndId]);

    /// <summary>Compares the first sentence of one batch to a sentence of another one, which may be padded further.</summary>
    private static void AssertSame(Tensor alone, Tensor together, int sentence, int positions, string what)
    {
        int size = (int)alone.Shape[^1], stride = (int)(together.Length / together.Shape[0]);
        Assert.True(
            alone.AsSpan<float>()[..(positions * size)].SequenceEqual(together.AsSpan<float>().Slice(sentence * stride, positions * size)),
            $"The {what} of sentence {sentence} of {together.Shape[0]} differ.");
    }
}
