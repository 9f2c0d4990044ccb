using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Keys;

/// <summary>Puts keys and quotas into the server.</summary>
internal static class KeyServices
{
    /// <summary>The name of no scheme: the framework asks JwtBearer for every request otherwise.</summary>
    private const string NoScheme = "none";

    private static readonly TimeSpan IssuerPatience = TimeSpan.FromSeconds(5);

    public static void AddKeys(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSection<KeysOptions, KeysOptionsValidator>("Keys");
        services.AddSingleton<KeyStore>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyStore>());
        services.AddSingleton<RedisLink>();
        services.AddHostedService(provider => provider.GetRequiredService<RedisLink>());
        services.AddSingleton<Tokens>();
        services.AddSingleton<Quotas>();
        services.AddSingleton<KeyGate>();

        // Where the settings are wrong the start says so when all are checked.
        var keys = builder.Configuration.GetSection("Keys");
        bool areOn = !string.IsNullOrEmpty(keys["File"]) || !string.IsNullOrEmpty(keys["Authority"]);
        bool isOpen = bool.TryParse(keys["AllowAnonymous"], out bool open) && open;
        services.AddSingleton(areOn || isOpen ? new LoopbackOnly([]) : LoopbackOnly.Apply(builder.Configuration));
        if (!string.IsNullOrEmpty(keys["Authority"]))
            services.AddTokens();
        if (areOn)
            services.Configure<OpenApiOptions>("v1", document => document.AddKeys());
    }

    /// <summary>Lets requests through to the routes behind it that may; nothing is added where there are no keys.</summary>
    /// <exception cref="OptionsValidationException">The file of keys cannot be read.</exception>
    public static void UseKeys(this WebApplication app)
    {
        app.Services.GetRequiredService<LoopbackOnly>().Warn(app.Services.GetRequiredService<ILogger<LoopbackOnly>>());
        var gate = app.Services.GetRequiredService<KeyGate>();
        if (!gate.IsOn)
            return;
        app.Services.GetRequiredService<KeyStore>().Load();
        app.Use(async (http, next) =>
        {
            // Where there is no route there is nothing to keep: what routes there are, the document says to everybody. What routing puts
            // in its place answers 405 or 415.
            if (http.GetEndpoint() is RouteEndpoint { Metadata: { } route } && IsForGate(route, http.Request))
                await gate.AdmitAsync(http);
            await next(http);
        });
    }

    private static bool IsForGate(EndpointMetadataCollection route, HttpRequest request)
    {
        bool mayComeLater = route.GetMetadata<KeyInBody>() is not null && KeyManners.Of(route).Find(request) is null;
        return !mayComeLater && route.GetMetadata<IAllowAnonymous>() is null;
    }

    private static void AddTokens(this IServiceCollection services)
    {
        services.AddAuthentication(NoScheme).AddJwtBearer();
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<IOptions<KeysOptions>>((bearer, keys) =>
        {
            bearer.Authority = keys.Value.Authority;
            bearer.Audience = keys.Value.Audience;
            bearer.RequireHttpsMetadata = keys.Value.RequireHttpsMetadata;
            bearer.MapInboundClaims = false;        // scp stays scp
            bearer.BackchannelTimeout = IssuerPatience;
        });
    }
}
