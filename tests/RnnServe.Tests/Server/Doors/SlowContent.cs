using System.Buffers.Binary;
using System.Net;
using System.Threading.Channels;

namespace RnnServe.Tests.Server.Doors;

/// <summary>A message over gRPC whose bytes come when the test says so: a field that no message has, many times.</summary>
internal sealed class SlowContent : HttpContent
{
    private readonly Channel<byte[]> parts = Channel.CreateUnbounded<byte[]>();

    /// <param name="announced">Bytes that the message says it has.</param>
    public SlowContent(int announced)
    {
        Headers.ContentType = new("application/grpc");
        byte[] prefix = new byte[5];
        BinaryPrimitives.WriteInt32BigEndian(prefix.AsSpan(1), announced);
        parts.Writer.TryWrite(prefix);
    }

    /// <param name="bytes">How many; even.</param>
    public ValueTask SendAsync(int bytes) =>
        parts.Writer.WriteAsync([.. Enumerable.Repeat<byte[]>([0x78, 0x01], bytes / 2).SelectMany(field => field)]);

    public void End() => parts.Writer.Complete();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await foreach (byte[] part in parts.Reader.ReadAllAsync())
        {
            await stream.WriteAsync(part);
            await stream.FlushAsync();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
