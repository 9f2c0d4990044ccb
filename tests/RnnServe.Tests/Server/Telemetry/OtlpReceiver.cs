using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace RnnServe.Tests.Server.Telemetry;

/// <summary>A span as it came.</summary>
internal sealed record ReceivedSpan(
    string TraceId, string SpanId, string ParentId, string Name, ulong Start, ulong End, IReadOnlyDictionary<string, string> Attributes);

/// <summary>Takes what an OpenTelemetry exporter sends, over gRPC or over HTTP, as a collector does.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<byte[]> traces = new();
    private readonly ConcurrentQueue<byte[]> metrics = new();

    private OtlpReceiver(bool grpc)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, 0, listen => listen.Protocols = grpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        app = builder.Build();
        app.MapPost("/v1/traces", http => TakeAsync(http, traces));
        app.MapPost("/v1/metrics", http => TakeAsync(http, metrics));
        app.MapPost("/opentelemetry.proto.collector.trace.v1.TraceService/Export", http => TakeGrpcAsync(http, traces));
        app.MapPost("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", http => TakeGrpcAsync(http, metrics));
    }

    public string Address => app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();

    /// <summary>Everything that came, as text where it is text.</summary>
    public string Everything => string.Join('\n', traces.Concat(metrics).Select(Encoding.UTF8.GetString));

    /// <summary>The metrics that came, likewise.</summary>
    public string Metrics => string.Join('\n', metrics.Select(Encoding.UTF8.GetString));

    /// <summary>ExportTraceServiceRequest: resource_spans 1, scope_spans 2, spans 2.</summary>
    public IReadOnlyList<ReceivedSpan> Spans =>
    [
        .. from message in traces
           from resource in Fields(message, 1)
           from scope in Fields(resource, 2)
           from span in Fields(scope, 2)
           select new ReceivedSpan(
               Hex(span, 1), Hex(span, 2), Hex(span, 4), Text(span, 5), Time(span, 7), Time(span, 8),
               Fields(span, 9).ToDictionary(pair => Text(pair, 1), pair => Value(Fields(pair, 2).Single()))),
    ];

    public static async Task<OtlpReceiver> StartAsync(bool grpc)
    {
        var receiver = new OtlpReceiver(grpc);
        await receiver.app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static async Task TakeAsync(HttpContext http, ConcurrentQueue<byte[]> messages)
    {
        messages.Enqueue(await ReadAsync(http));
        http.Response.ContentType = "application/x-protobuf";
    }

    /// <summary>A message behind a flag and its length; the answer is an empty one.</summary>
    private static async Task TakeGrpcAsync(HttpContext http, ConcurrentQueue<byte[]> messages)
    {
        messages.Enqueue((await ReadAsync(http))[5..]);
        http.Response.ContentType = "application/grpc";
        http.Response.AppendTrailer("grpc-status", "0");
        await http.Response.Body.WriteAsync(new byte[5]);
    }

    private static async Task<byte[]> ReadAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        return body.ToArray();
    }

    /// <summary>The values of a field of bytes, text or a message.</summary>
    private static IEnumerable<byte[]> Fields(byte[] message, int number)
    {
        var reader = new CodedInputStream(message);
        for (uint tag = reader.ReadTag(); tag != 0; tag = reader.ReadTag())
        {
            if (WireFormat.GetTagFieldNumber(tag) == number && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
                yield return reader.ReadBytes().ToByteArray();
            else
                reader.SkipLastField();
        }
    }

    private static ulong Time(byte[] message, int number)
    {
        var reader = new CodedInputStream(message);
        for (uint tag = reader.ReadTag(); tag != 0; tag = reader.ReadTag())
        {
            if (WireFormat.GetTagFieldNumber(tag) == number)
                return reader.ReadFixed64();
            reader.SkipLastField();
        }

        return 0;
    }

    /// <summary>AnyValue, of which texts (1) and integers (3) occur.</summary>
    private static string Value(byte[] any)
    {
        var reader = new CodedInputStream(any);
        return WireFormat.GetTagWireType(reader.ReadTag()) == WireFormat.WireType.LengthDelimited
            ? reader.ReadString()
            : reader.ReadInt64().ToString(CultureInfo.InvariantCulture);
    }

    private static string Hex(byte[] message, int number) => Convert.ToHexStringLower(Fields(message, number).FirstOrDefault() ?? []);

    private static string Text(byte[] message, int number) => Encoding.UTF8.GetString(Fields(message, number).FirstOrDefault() ?? []);
}
