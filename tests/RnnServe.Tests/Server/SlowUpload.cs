namespace RnnServe.Tests.Server;

/// <summary>A file that is sent but for its last byte, which follows when the test says so.</summary>
/// <param name="length">Bytes without the last; what the file does not have is zero.</param>
/// <param name="file">The start of the content.</param>
internal sealed class SlowUpload(int length, byte[] file) : Stream
{
    private readonly TaskCompletionSource rest = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int sent;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Ends the upload.</summary>
    public void GoOn() => rest.TrySetResult();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (sent == length)
            await rest.Task.WaitAsync(cancellationToken);
        var count = Math.Min(buffer.Length, sent < length ? length - sent : length + 1 - sent);
        for (var i = 0; i < count; i++)
            buffer.Span[i] = sent + i < file.Length ? file[sent + i] : (byte)0;
        sent += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
