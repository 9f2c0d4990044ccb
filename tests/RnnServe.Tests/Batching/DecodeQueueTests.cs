using RnnServe.Inference.Batching;
using RnnServe.Inference.Decoding;
using RnnServe.Tests.Fakes;

namespace RnnServe.Tests.Batching;

public class DecodeQueueTests
{
    [Theory]
    [InlineData(1, 12), InlineData(3, 4), InlineData(5, 2), InlineData(12, 1), InlineData(16, 1)]
    public void An_idle_worker_takes_sentences_until_its_rows_are_full(int beam, int expected)
    {
        var queue = NewQueue(most: 12);
        queue.Admit(Jobs(20, beam));

        Assert.Equal(expected, queue.WaitAndTake(Room(most: 12)).Count);
        Assert.Equal(20 - expected, queue.Count);
    }

    [Fact]
    public void A_sentence_has_no_fewer_rows_than_the_decoder_gives_it()
    {
        var limit = new RowLimit(12, LeastWidth: 2);
        var queue = new DecodeQueue(new BatchingOptions(), limit, TimeProvider.System);
        queue.Admit(Jobs(20, beam: 1));

        Assert.Equal(6, queue.WaitAndTake(new PoolRows(limit)).Count);
    }

    [Fact]
    public void The_widest_sentence_counts_for_all_of_its_batch_and_is_not_passed_over()
    {
        var queue = NewQueue(most: 12);
        queue.Admit(Jobs(3, beam: 1));
        queue.Admit(Jobs(1, beam: 4));
        var busy = Room(most: 12);
        busy.Set(lengthClass: 0, sentences: 3, width: 1);

        // In turn: a narrow one joins the three others; with the wide one all five would have four rows each.
        Assert.Equal([1], Widths(queue.TakeMore(busy)));
        Assert.Empty(queue.TakeMore(busy));
        Assert.Equal([4, 1, 1], Widths(queue.TakeMore(Room(most: 12))));
    }

    [Fact]
    public void A_sentence_with_more_rows_than_allowed_waits_until_it_can_be_alone()
    {
        var queue = NewQueue(most: 12);
        queue.Admit(Jobs(1, beam: 16));
        var busy = Room(most: 12);
        busy.Set(lengthClass: 0, sentences: 1, width: 1);

        Assert.Empty(queue.TakeMore(busy));
        Assert.Equal([16], Widths(queue.WaitAndTake(Room(most: 12))));
    }

    [Fact]
    public void Few_rows_are_only_given_to_newcomers_who_are_all_there_are()
    {
        var queue = NewQueue(most: 12);
        var nearlyFull = Room(most: 12);
        nearlyFull.Set(lengthClass: 0, sentences: 10, width: 1);
        queue.Admit(Jobs(3, beam: 1));

        Assert.Empty(queue.TakeMore(nearlyFull));
        nearlyFull.Set(lengthClass: 0, sentences: 9, width: 1);
        Assert.Equal(3, queue.TakeMore(nearlyFull).Count);

        queue.Admit(Jobs(2, beam: 1));
        nearlyFull.Set(lengthClass: 0, sentences: 10, width: 1);
        Assert.Equal(2, queue.TakeMore(nearlyFull).Count);
    }

    [Fact]
    public void Long_sentences_take_as_many_rows_as_their_attention_costs()
    {
        var queue = NewQueue(most: 48);
        queue.Admit(Jobs(20, beam: 3, length: 250));

        Assert.Equal(4, queue.WaitAndTake(Room(most: 48)).Count);
    }

    [Fact]
    public void A_wait_for_company_ends_when_the_rows_are_full()
    {
        var options = new BatchingOptions { MaxWaitMs = 1000 };
        var queue = new DecodeQueue(options, new RowLimit(12, 1), new StoppedClock());
        queue.Admit(Jobs(4, beam: 3));

        Assert.Equal(4, queue.WaitAndTake(Room(most: 12)).Count);
    }

    [Theory]
    [InlineData(1, 0), InlineData(64, 0), InlineData(65, 1), InlineData(128, 1), InlineData(129, 2), InlineData(256, 2), InlineData(257, 3), InlineData(9000, 3)]
    public void Sources_of_like_lengths_have_the_same_class(int length, int expected) => Assert.Equal(expected, LengthClass.Of(length));

    private static DecodeQueue NewQueue(int most) => new(new BatchingOptions(), new RowLimit(most, 1), TimeProvider.System);

    private static PoolRows Room(int most) => new(new RowLimit(most, 1));

    private static int[] Widths(IEnumerable<DecodeJob> jobs) => [.. jobs.Select(job => job.Search.Width)];

    private static DecodeJob[] Jobs(int count, int beam, int length = 12)
    {
        var options = new DecodingOptions { BeamSize = beam, MaxLength = 12 };
        return [.. Enumerable.Range(0, count).Select(_ =>
            new DecodeJob(new SentenceSearch(new TextSource(new int[length]), HistoryDecoder.Rules, options)))];
    }

    /// <summary>Whoever waits for time to pass waits for ever.</summary>
    private sealed class StoppedClock : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}
