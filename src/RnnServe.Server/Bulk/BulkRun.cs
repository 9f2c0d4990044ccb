using RnnServe.Inference.Scheduling;

namespace RnnServe.Server.Bulk;

/// <summary>Answers items in their order, many at a time.</summary>
/// <param name="output">Gets a line for each.</param>
/// <param name="progress">Is told how far it is.</param>
internal sealed class BulkRun(BulkOutput output, BulkProgress progress)
{
    /// <summary>Groups under way: enough that every worker always finds sentences, few enough that memory stays small.</summary>
    private const int MostUnderWay = 32;

    /// <summary>Answers what is not there yet.</summary>
    /// <param name="items">All items.</param>
    /// <param name="together">Items of a group.</param>
    /// <param name="answer">The lines of a group.</param>
    /// <param name="stop">Ends the work; what is complete by then is written.</param>
    /// <exception cref="BulkException">A group is too large to be answered at all.</exception>
    public async Task RunAsync<T>(IEnumerable<T> items, int together, Func<T[], Task<string[]>> answer, CancellationToken stop)
    {
        var underWay = new Queue<Task<string[]>>();
        progress.Start(output.Done);
        try
        {
            foreach (var group in items.Skip(output.Done).Chunk(together))
            {
                stop.ThrowIfCancellationRequested();
                underWay.Enqueue(await AdmitAsync(underWay, () => answer(group)));
                WriteComplete(underWay);
                if (underWay.Count == MostUnderWay)
                    await WriteOldestAsync(underWay);
            }

            while (underWay.Count > 0)
                await WriteOldestAsync(underWay);
        }
        catch (OperationCanceledException)
        {
            WriteComplete(underWay);
            throw;
        }
        catch (QueueFullException full)
        {
            throw new BulkException(
                $"{together} lines in a row have {full.Asked} sentences, but may have {full.Most} at most; shorter lines are answered.");
        }

        progress.CheckAll();
        output.Finish();
        progress.End();
    }

    /// <summary>Lines as long as books fill the queue before the window is full. A group that finds no room, which shows at once, comes
    /// again each time that the oldest has been answered; where none is under way, there will never be more.</summary>
    private async Task<Task<string[]>> AdmitAsync(Queue<Task<string[]>> underWay, Func<Task<string[]>> answer)
    {
        var lines = answer();
        while (lines.Exception?.InnerException is QueueFullException && underWay.Count > 0)
        {
            await WriteOldestAsync(underWay);
            lines = answer();
        }

        return lines;
    }

    /// <summary>It stays the oldest until it is written: where the work ends while it is awaited, none may take its place.</summary>
    private async Task WriteOldestAsync(Queue<Task<string[]>> underWay)
    {
        Write(await underWay.Peek());
        _ = underWay.Dequeue();
    }

    private void WriteComplete(Queue<Task<string[]>> underWay)
    {
        while (underWay.TryPeek(out var oldest) && oldest.IsCompletedSuccessfully)
            Write(underWay.Dequeue().Result);
    }

    private void Write(string[] lines)
    {
        output.Write(lines);
        progress.Add(lines.Length);
    }
}
