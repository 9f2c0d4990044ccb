using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Scheduling;
using RnnServe.Inference.Search;
using RnnServe.Tests.Fakes;

namespace RnnServe.Tests.Scheduling;

public class RequestQueueTests
{
    [Theory]
    [InlineData(1, 12), InlineData(3, 4), InlineData(5, 2), InlineData(12, 1), InlineData(16, 1)]
    public void An_idle_worker_takes_sentences_until_its_rows_are_full(int beam, int expected)
    {
        var queue = NewQueue(most: 12);
        queue.Admit(Jobs(20, beam));

        Assert.Equal(expected, TakeAll(queue, Room(most: 12, Lane.Large)).Count);
        Assert.Equal(20 - expected, queue.Count);
    }

    [Fact]
    public void A_sentence_has_no_fewer_rows_than_the_decoder_gives_it()
    {
        var cost = new Cost(12, LeastWidth: 2);
        var queue = new RequestQueue(new BatchingOptions(), cost, TimeProvider.System, new object());
        queue.Admit(Jobs(20, beam: 1));

        Assert.Equal(6, TakeAll(queue, new Room(cost, Lane.Large, new WorkerLoad())).Count);
    }

    [Fact]
    public void The_widest_sentence_counts_for_all_of_its_batch_and_is_not_passed_over()
    {
        var queue = NewQueue(most: 24);
        var busy = Room(most: 24);
        Assert.All(Jobs(3, beam: 3), job => Assert.True(busy.TryAdd(job)));
        queue.Admit(Jobs(3, beam: 3));
        queue.Admit(Jobs(1, beam: 8));

        // In turn: a narrow one joins the three others; with the wide one all five would have eight rows each.
        Assert.Equal([3], Widths(queue.TakeMore(busy)));
        Assert.Empty(queue.TakeMore(busy));
        Assert.Equal([8, 3, 3], Widths(queue.TakeMore(Room(most: 24))));
    }

    [Fact]
    public void Beams_of_other_sizes_and_sources_of_other_lengths_are_not_padded_to_one_another()
    {
        var queue = NewQueue(most: 48);
        queue.Admit([.. Jobs(8, beam: 1), .. Jobs(2, beam: 5)]);
        queue.Admit(Jobs(1, beam: 16));

        // 8 + 2 x 5 + 16 rows; in one batch they would be 11 x 16.
        Assert.Equal(11, TakeAll(queue, Room(most: 48)).Count);
    }

    [Fact]
    public void A_sentence_with_more_rows_than_allowed_waits_until_it_can_be_alone()
    {
        var queue = NewQueue(most: 12);
        queue.Admit(Jobs(1, beam: 16));
        var busy = Room(most: 12);
        Assert.True(busy.TryAdd(Jobs(1, beam: 1)[0]));

        Assert.Empty(queue.TakeMore(busy));
        Assert.Equal([16], Widths(TakeAll(queue, Room(most: 12))));
    }

    [Fact]
    public void Few_rows_are_only_given_to_newcomers_who_are_all_there_are()
    {
        var queue = NewQueue(most: 12);
        var nearlyFull = Room(most: 12);
        nearlyFull.Set(batchClass: 0, jobs: 10, width: 1);
        queue.Admit(Jobs(3, beam: 1));

        Assert.Empty(queue.TakeMore(nearlyFull));
        nearlyFull.Set(batchClass: 0, jobs: 9, width: 1);
        Assert.Equal(3, queue.TakeMore(nearlyFull).Count);

        queue.Admit(Jobs(2, beam: 1));
        nearlyFull.Set(batchClass: 0, jobs: 10, width: 1);
        Assert.Equal(2, queue.TakeMore(nearlyFull).Count);
    }

    [Fact]
    public void What_waits_is_left_to_workers_that_have_fewer_rows_until_they_have_as_many()
    {
        var queue = NewQueue(most: 48);
        Room busy = Room(most: 48), lesser = Room(most: 48), third = Room(most: 48), full = Room(most: 48, Lane.Large, third.Load);
        queue.Join(busy, Room(most: 48, Lane.Large));
        queue.Join(lesser, Room(most: 48, Lane.Large));
        queue.Join(third, full);
        full.Set(batchClass: 0, jobs: 48, width: 1);
        busy.Set(batchClass: 0, jobs: 5, width: 1);
        lesser.Set(batchClass: 0, jobs: 2, width: 1);

        queue.Admit(Jobs(3, beam: 1));
        Assert.Empty(queue.TakeMore(busy));
        queue.Admit(Jobs(1, beam: 1));
        Assert.Single(queue.TakeMore(busy));
        Assert.Equal(3, queue.TakeMore(lesser).Count);

        // There is enough for both: it takes as many as it has room for.
        queue.Admit(Jobs(40, beam: 1));
        queue.Admit(Jobs(20, beam: 1));
        Assert.Equal(42, queue.TakeMore(busy).Count);
    }

    [Fact]
    public void What_is_bulk_makes_no_worker_leave_other_work_to_one_that_has_some()
    {
        var queue = NewQueue(most: 48);
        Room ofBulk = Room(most: 48), busy = Room(most: 48), bulk = Room(most: 48, Lane.Bulk, ofBulk.Load);
        queue.Join(ofBulk, Room(most: 48, Lane.Large), bulk);
        queue.Join(busy, Room(most: 48, Lane.Large), Room(most: 48, Lane.Bulk, busy.Load));
        bulk.Set(batchClass: 0, jobs: 48, width: 1);
        busy.Set(batchClass: 0, jobs: 5, width: 1);

        queue.Admit(Jobs(3, beam: 1));
        Assert.Empty(queue.TakeMore(busy));
        Assert.Equal(3, queue.TakeMore(ofBulk).Count);
    }

    [Fact]
    public void What_a_worker_with_fewer_rows_has_no_room_for_is_not_left_to_it()
    {
        var queue = NewQueue(most: 30);
        Room busy = Room(most: 30), lesser = Room(most: 30);
        queue.Join(busy, Room(most: 30, Lane.Large));
        queue.Join(lesser, Room(most: 30, Lane.Large));
        busy.Set(Cost.ClassOf(Jobs(1, beam: 1)[0]), jobs: 20, width: 1);
        lesser.Set(Cost.ClassOf(Jobs(1, beam: 3)[0]), jobs: 3, width: 3);
        queue.Admit(Jobs(1, beam: 8));

        // With it the four sentences of its batch would have eight rows each.
        Assert.Empty(queue.TakeMore(busy));
        Assert.Empty(queue.TakeMore(lesser));
        Assert.Equal([8], Widths(queue.TakeMore(busy)));
    }

    [Fact]
    public void Long_sentences_take_as_many_rows_as_their_attention_costs()
    {
        var queue = NewQueue(most: 48);
        queue.Admit(Jobs(20, beam: 3, length: 250));

        Assert.Equal(4, TakeAll(queue, Room(most: 48, Lane.Large)).Count);
    }

    [Fact]
    public void Requests_of_more_sentences_than_a_worker_decodes_at_once_have_rows_of_their_own()
    {
        var queue = NewQueue(most: 12);
        queue.Admit(Jobs(5, beam: 3));
        queue.Admit(Jobs(4, beam: 3));
        queue.Admit(Jobs(1, beam: 16));

        Assert.Equal([3, 3, 3, 3], Widths(queue.TakeMore(Room(most: 12, Lane.Large))));
        Assert.Equal([3], Widths(queue.TakeMore(Room(most: 12))));
        Assert.Equal([16], Widths(queue.TakeMore(Room(most: 12))));
        Assert.Equal([3, 3, 3, 3], Widths(TakeAll(queue, Room(most: 12), Room(most: 12, Lane.Large))));
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public void A_forgotten_request_leaves_nothing_behind_while_the_workers_are_busy()
    {
        var queue = NewQueue(most: 48);
        var gone = queue.Admit(Jobs(2, beam: 3));
        var kept = Jobs(1, beam: 3);
        queue.Admit(kept);

        queue.Forget(gone);
        queue.Forget(gone);

        Assert.Empty(gone.Jobs);
        Assert.Null(gone.Place.List);
        Assert.Equal(1, queue.Count);
        Assert.Equal(kept, queue.TakeMore(Room(most: 48)));
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public void Images_that_the_encoder_has_not_seen_are_taken_one_at_a_time_and_those_that_it_has_together()
    {
        var queue = NewQueue(most: 48);
        var features = new ImageFeatures([]);
        DecodeJob[] unseen = [.. Enumerable.Range(0, 3).Select(_ => Job(ImageSource.Of(new byte[12], 1)))];
        DecodeJob[] seen = [.. Enumerable.Range(0, 3).Select(_ => Job(ImageSource.Of(features, 1)))];
        queue.Admit(seen);
        queue.Admit(unseen);

        Assert.Equal([seen[0], unseen[0]], queue.TakeMore(Room(most: 48)));
        Assert.Equal([seen[1], unseen[1]], queue.TakeMore(Room(most: 48)));
        Assert.Equal([seen[2], unseen[2]], queue.TakeMore(Room(most: 48)));
        Assert.Equal(0, queue.Count);

        static DecodeJob Job(ImageSource image) => new(new BeamSearch(image, HistoryDecoder.Rules, new() { BeamSize = 3, MaxLength = 12 }));
    }

    [Theory]
    [InlineData(1, 1, 64, 2, true), InlineData(64, 5, 65, 5, false), InlineData(65, 3, 128, 8, true), InlineData(128, 5, 129, 5, false)]
    [InlineData(129, 9, 256, 16, true), InlineData(256, 5, 257, 5, false)]
    [InlineData(257, 5, 9000, 5, true), InlineData(9, 2, 9, 3, false), InlineData(9, 8, 9, 9, false)]
    public void Sentences_of_like_lengths_and_beams_share_a_batch(int length, int beam, int otherLength, int otherBeam, bool share)
    {
        int one = Cost.ClassOf(Jobs(1, beam, length)[0]);
        int other = Cost.ClassOf(Jobs(1, otherBeam, otherLength)[0]);

        Assert.Equal(share, one == other);
        Assert.InRange(Math.Max(one, other), 0, Cost.Classes - 1);
    }

    private static RequestQueue NewQueue(int most) => new(new BatchingOptions(), new Cost(most, 1), TimeProvider.System, new object());

    private static Room Room(int most, Lane lane = Lane.Small, WorkerLoad? load = null) => new(new Cost(most, 1), lane, load ?? new());

    /// <summary>What the only idle worker takes.</summary>
    private static List<Job> TakeAll(RequestQueue queue, params Room[] rooms)
    {
        var taken = new List<Job>();
        foreach (var room in rooms)
            taken.AddRange(queue.Take(room, queue.CostOf(room.Lane)));
        return taken;
    }

    private static int[] Widths(IEnumerable<Job> jobs) => [.. jobs.Select(job => job.Width)];

    private static DecodeJob[] Jobs(int count, int beam, int length = 12)
    {
        var options = new DecodingOptions { BeamSize = beam, MaxLength = 12 };
        return [.. Enumerable.Range(0, count).Select(_ =>
            new DecodeJob(new BeamSearch(new TextSource(new int[length]), HistoryDecoder.Rules, options)))];
    }
}
