using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Telemetry;

/// <summary>Metrics, traces and the form of the log, as the configuration wants them.</summary>
internal static class TelemetryServices
{
    /// <summary>Name of the meter and of the source of spans.</summary>
    public const string Name = "RnnServe";

    /// <summary>The framework's meters: requests by route, connections. The others have labels that nobody here reads.</summary>
    private static readonly string[] FrameworkMeters = ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    /// <summary>Gauges whose names end as only parts of a histogram may in Prometheus; promtool refuses them.</summary>
    private static readonly string[] Counts =
        ["dotnet.assembly.count", "dotnet.process.cpu.count", "dotnet.timer.count", "process.thread.count"];

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        builder.Services.AddSection<TelemetryOptions, TelemetryOptionsValidator>("Telemetry");
        builder.Services.AddHttpContextAccessor();
        var telemetry = builder.Configuration.GetSection("Telemetry").Get<TelemetryOptions>() ?? new();
        if (telemetry.JsonLogs)
            UseJson(builder);
        if (!telemetry.Prometheus && telemetry.Collector is null)
            return;

        var all = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(
                "rnnserve", serviceVersion: Version, autoGenerateServiceInstanceId: false, serviceInstanceId: Instance))
            .WithMetrics(metrics => AddMetrics(metrics, telemetry));
        if (telemetry.Collector is not null)
            all.WithTracing(tracing => AddTraces(tracing, telemetry));
    }

    public static void UseTelemetry(this IApplicationBuilder app) => app.UseMiddleware<RequestTelemetry>();

    /// <summary>GET /metrics, unless the configuration has it switched off.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder app)
    {
        if (app.ServiceProvider.GetRequiredService<IOptions<TelemetryOptions>>().Value.Prometheus)
            app.MapPrometheusScrapingEndpoint("/metrics").WithMetadata(new HttpMethodMetadata([HttpMethods.Get]));
    }

    /// <summary>Tells the counters of several servers apart that send them to one collector; the same after a new start. Null where the
    /// environment says it.</summary>
    private static string? Instance =>
        Environment.GetEnvironmentVariable("OTEL_RESOURCE_ATTRIBUTES")?.Contains("service.instance.id=", StringComparison.Ordinal) == true
            ? null
            : Environment.MachineName;

    private static string Version => typeof(TelemetryServices).Assembly.GetName().Version!.ToString(fieldCount: 3);

    private static void AddMetrics(MeterProviderBuilder metrics, TelemetryOptions telemetry)
    {
        metrics.AddMeter([Name, .. FrameworkMeters]).AddRuntimeInstrumentation().AddProcessInstrumentation();
        foreach (string count in Counts)
            metrics.AddView(count, MetricStreamConfiguration.Drop);
        metrics.AddView("kestrel.*", new MetricStreamConfiguration { TagKeys = ["network.protocol.version", "error.type"] });
        metrics.AddView("process.unix.file_descriptor.count", "process.unix.file_descriptors");
        if (telemetry.Prometheus)
            metrics.AddPrometheusExporter(exporter => exporter.ScopeInfoEnabled = false);
        if (telemetry.Collector is not null)
            metrics.AddOtlpExporter(exporter => Send(exporter, telemetry, "v1/metrics"));
    }

    private static void AddTraces(TracerProviderBuilder tracing, TelemetryOptions telemetry) => tracing
        .AddSource(RequestSpans.SourceName)
        .AddAspNetCoreInstrumentation(requests => requests.Filter = http => !IsOfOperators(http.Request.Path))
        .AddProcessor(new SpanAttributes())
        .AddOtlpExporter(exporter => Send(exporter, telemetry, "v1/traces"));

    /// <summary>Probes and scrapes come all the time, and nobody looks for them.</summary>
    private static bool IsOfOperators(PathString path) => path.StartsWithSegments("/health") || path.StartsWithSegments("/metrics");

    /// <param name="exporter">To be told where it sends.</param>
    /// <param name="telemetry">Says it.</param>
    /// <param name="signal">What the exporter adds to an address by itself only where the environment says it.</param>
    private static void Send(OtlpExporterOptions exporter, TelemetryOptions telemetry, string signal)
    {
        bool isGrpc = telemetry.OtlpProtocol == "grpc";
        exporter.Protocol = isGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = isGrpc ? telemetry.Collector! : new Uri($"{telemetry.Collector!.AbsoluteUri.TrimEnd('/')}/{signal}");
    }

    private static void UseJson(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IExternalScopeProvider, LogScopes>();
        builder.Logging.AddJsonConsole(json =>
        {
            json.IncludeScopes = true;
            json.UseUtcTimestamp = true;
            json.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
        });
    }
}
