using RnnServe.Server.Http;

namespace RnnServe.Server.Doors;

/// <summary>The body of a call over gRPC, which reads a message into memory before it asks anybody, and as long as that takes. This takes
/// room among all uploads as it comes, and ends at the call's deadline.</summary>
/// <param name="http">The call.</param>
/// <param name="upload">Takes the room; null where a message is too small to count.</param>
internal sealed class CountedBody(HttpContext http, ImageUpload? upload) : Stream
{
    private readonly Stream body = http.Request.Body;

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
    /// <param name="next">Answers it.</param>
    /// <param name="budget">Has the room; null where a message is too small to count.</param>
    public static RequestDelegate Before(RequestDelegate next, UploadBudget? budget) => async http =>
    {
        using var upload = budget is null ? null : new ImageUpload(budget);
        http.Request.Body = new CountedBody(http, upload);
        await next(http);
    };

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            int read = await body.ReadAsync(buffer, http.RequestAborted);       // gRPC's own token knows no deadline
            if (read > 0)
                upload?.Take(read);
            return read;
        }
        catch (ApiException refused)
        {
            throw GrpcRefusals.Refuse(http, refused);
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw GrpcRefusals.Refuse(http, new ApiException(tooLarge.StatusCode, "The message is larger than this call's may be."));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            throw GrpcRefusals.Ended(http);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }
}
