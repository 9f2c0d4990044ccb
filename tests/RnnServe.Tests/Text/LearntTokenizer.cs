using RnnServe.Inference.Text;

namespace RnnServe.Tests.Text;

/// <summary>The tokenizer of Multi30k's English and German training sentences, learnt once for all tests.</summary>
internal static class LearntTokenizer
{
    private static readonly Lazy<Tokenizer> Learnt = new(() =>
        BpeLearner.Learn([.. TestData.Multi30k("train", "en"), .. TestData.Multi30k("train", "de")], new TokenizerTraining(6000)));

    public static Tokenizer Multi30k
    {
        get
        {
            _ = TestData.InShared("data", "multi30k"); // skips each test that asks, where the lazy value would skip the first
            return Learnt.Value;
        }
    }
}
