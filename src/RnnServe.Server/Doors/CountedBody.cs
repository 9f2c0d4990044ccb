using RnnServe.Server.Http;

namespace RnnServe.Server.Doors;

/// <summary>A body that takes its room among all uploads as it comes: gRPC has read a message into memory before it asks anybody.</summary>
internal sealed class CountedBody(Stream body, ImageUpload upload) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The room is given back when the request has been answered.</summary>
    public static RequestDelegate Before(RequestDelegate next, UploadBudget budget) => async http =>
    {
        using var upload = new ImageUpload(budget);
        http.Request.Body = new CountedBody(http.Request.Body, upload);
        await next(http);
    };

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await body.ReadAsync(buffer, cancellationToken);
        try
        {
            upload.Take(read);
        }
        catch (ApiException refused)
        {
            throw GrpcRefusals.Of(refused);
        }

        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }
}
