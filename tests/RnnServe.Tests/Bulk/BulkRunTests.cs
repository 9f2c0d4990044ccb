using RnnServe.Inference.Scheduling;
using RnnServe.Server.Bulk;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Bulk;

/// <summary>The order of lines whatever the order in which they are answered, also over an interruption.</summary>
public sealed class BulkRunTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Output => Path.Combine(folder.Path, "out");

    public void Dispose() => folder.Dispose();

    [Theory, InlineData(0), InlineData(1), InlineData(40)]
    public async Task An_interrupted_run_goes_on_with_the_first_line_that_is_missing(int interrupted)
    {
        using var stop = new CancellationTokenSource();
        using (var output = BulkOutput.Open(Output, "work"))
        {
            // All are answered but one, which the interruption ends.
            var never = new TaskCompletionSource<string[]>(TaskCreationOptions.RunContinuationsAsynchronously);
            var run = RunAsync(output, number => number == interrupted ? never.Task : Answer(number), stop.Token);
            await stop.CancelAsync();
            never.SetCanceled(stop.Token);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        }

        using var again = BulkOutput.Open(Output, "work");
        Assert.Equal(interrupted, again.Done);
        await RunAsync(again, Answer, CancellationToken.None);

        Assert.Equal(Enumerable.Range(0, 60).Select(number => $"line {number}"), await File.ReadAllLinesAsync(Output, CancellationToken.None));
    }

    [Fact]
    public async Task Two_programs_do_not_do_the_same_work_at_once()
    {
        using (var first = BulkOutput.Open(Output, "work"))
        {
            first.Write(["line 0"]);
            Assert.Throws<IOException>(() => BulkOutput.Open(Output, "work"));
            using var other = BulkOutput.Open(Output, "other work");
        }

        using var later = BulkOutput.Open(Output, "work");
        Assert.Equal(1, later.Done);
        await RunAsync(later, Answer, CancellationToken.None);
    }

    [Fact]
    public async Task An_input_that_became_shorter_gives_no_file()
    {
        using var output = BulkOutput.Open(Output, "work");

        var error = await Assert.ThrowsAsync<IOException>(() => RunAsync(output, Answer, CancellationToken.None, counted: 61));

        Assert.Contains("61", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Output));
    }

    [Theory, InlineData(1), InlineData(5)]
    public async Task A_group_that_finds_the_queue_full_comes_again_when_the_oldest_has_left_it(int places)
    {
        using var output = BulkOutput.Open(Output, "work");
        var waiting = new Queue<TaskCompletionSource>();
        int refused = 0;

        await RunAsync(output, AnswerAsync, CancellationToken.None);

        Assert.Equal(60 - places, refused);
        Assert.Equal(Enumerable.Range(0, 60).Select(number => $"line {number}"), await File.ReadAllLinesAsync(Output));

        // Each refusal lets the oldest leave, and the last that is admitted lets all.
        async Task<string[]> AnswerAsync(int number)
        {
            if (waiting.Count == places)
            {
                refused++;
                waiting.Dequeue().SetResult();
                throw new QueueFullException(places, 1, places);
            }

            var answered = new TaskCompletionSource();
            waiting.Enqueue(answered);
            while (number == 59 && waiting.TryDequeue(out var oldest))
                oldest.SetResult();
            await answered.Task;
            return await Answer(number);
        }
    }

    [Fact]
    public async Task A_group_that_finds_no_room_where_nothing_waits_is_too_large()
    {
        using var output = BulkOutput.Open(Output, "work");

        var error = await Assert.ThrowsAsync<BulkException>(() => RunAsync(
            output,
            number => number < 7 ? Answer(number) : Task.FromException<string[]>(new QueueFullException(0, 12, 11)),
            CancellationToken.None));

        Assert.Contains("12 sentences, but may have 11", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Output));
    }

    private static Task RunAsync(BulkOutput output, Func<int, Task<string[]>> answer, CancellationToken stop, int counted = 60) =>
        new BulkRun(output, new BulkProgress("lines", counted, TimeProvider.System))
            .RunAsync(Enumerable.Range(0, 60), 1, group => answer(group[0]), stop);

    private static Task<string[]> Answer(int number) => Task.FromResult<string[]>([$"line {number}"]);
}
