using Microsoft.AspNetCore.HttpOverrides;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Http;

/// <summary>Sees requests as the caller of the proxy in front sent them.</summary>
internal static class ReverseProxy
{
    public static void UseReverseProxy(this IApplicationBuilder app)
    {
        var proxy = app.ApplicationServices.GetRequiredService<IOptions<ProxyOptions>>().Value;
        if (proxy.Trusted.Count > 0)
        {
            var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All, ForwardLimit = null };
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (var network in proxy.Networks)
                options.KnownIPNetworks.Add(network);
            app.UseForwardedHeaders(options);
        }

        if (proxy.PathBase.Length > 0)
            app.UsePathBase(proxy.PathBase);
    }
}
