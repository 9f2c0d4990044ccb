using RnnServe.Training.Kinds.Caption.Metrics;

namespace RnnServe.Tests.Metrics;

public sealed class CaptionRewardTests
{
    private static readonly string[][] References = [["a dog runs on the grass", "the dog runs"], ["a cat sleeps"], ["two men on a bench"]];

    [Fact]
    public void A_caption_that_stops_in_the_middle_is_worth_less_than_one_that_ends()
    {
        var reward = new CaptionReward(References);
        var cider = new CiderD([.. References.Select(photo => photo.Select(caption => caption.Split(' ')).ToArray())]);

        double lost = Plain("a dog runs on the grass") - Plain("a dog runs on the");
        double lostWithEnd = reward.Of(0, "a dog runs on the grass", true) - reward.Of(0, "a dog runs on the", true);

        Assert.InRange(lostWithEnd, lost + 0.1, 10);
        Assert.Equal(reward.Of(0, "the dog runs", true), reward.Of(0, "The dog runs.", true));
        Assert.InRange(reward.Of(0, "the dog runs", ended: false), 0, reward.Of(0, "the dog runs", ended: true) - 0.1);
        Assert.Equal(0, reward.Of(0, "", ended: false));

        double Plain(string caption) => cider.Score(caption.Split(' '), [.. References[0].Select(reference => reference.Split(' '))]);
    }
}
