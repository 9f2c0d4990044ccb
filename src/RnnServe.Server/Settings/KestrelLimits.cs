using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace RnnServe.Server.Settings;

/// <summary>Gives the web server and the host the limits of the configuration.</summary>
internal static class KestrelLimits
{
    private static readonly TimeSpan HeaderPatience = TimeSpan.FromSeconds(15);

    public static void AddKestrelLimits(this IServiceCollection services)
    {
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<LimitsOptions>>((kestrel, options) =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.Value.MaxBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = options.Value.MaxConnections;
            kestrel.Limits.RequestHeadersTimeout = HeaderPatience;
        });
        services.AddOptions<HostOptions>().Configure<IOptions<LimitsOptions>>((host, options) =>
            host.ShutdownTimeout = TimeSpan.FromMilliseconds(options.Value.DrainMs));
    }
}
