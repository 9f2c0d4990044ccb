using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;

namespace RnnServe.Client;

/// <summary>Where the server is, and how a refusal for lack of room is met.</summary>
public sealed class RnnServeClientOptions
{
    /// <summary>Address of the server, such as http://localhost:8080; it may have a path.</summary>
    public Uri? Address { get; set; }

    /// <summary>The key that is sent with every request, as a bearer token; null: the server asks for none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>How often a request is sent again at most, 0 or more.</summary>
    public int MaxRetries { get; set; } = 3;

    /// <summary>The longest wait that a server may ask for; where it asks for more, the request fails at once.</summary>
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>Adds <see cref="RnnServeClient"/> to the services of a program.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>Adds a client of the server at an address.</summary>
    public static IHttpClientBuilder AddRnnServeClient(this IServiceCollection services, Uri address) =>
        services.AddRnnServeClient(options => options.Address = address);

    /// <summary>Adds a client. Requests that are refused with 429 or 503 are sent again when the server's Retry-After says.</summary>
    /// <returns>The client's HTTP, for headers, handlers and the timeout, which holds for all tries of a request together.</returns>
    public static IHttpClientBuilder AddRnnServeClient(this IServiceCollection services, Action<RnnServeClientOptions> configure)
    {
        services.AddOptions<RnnServeClientOptions>().Configure(configure)
            .Validate(options => options.Address is { IsAbsoluteUri: true }, "Address must be absolute, such as http://localhost:8080.")
            .Validate(options => options.MaxRetries >= 0, "MaxRetries must be 0 or more.");
        var http = services.AddHttpClient<RnnServeClient>((provider, client) =>
        {
            var options = Options(provider);
            client.BaseAddress = new(options.Address!.AbsoluteUri.TrimEnd('/') + "/");
            if (options.ApiKey is { } key)
                client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        });
        // A stream that the caller leaves is not read on for two seconds: the server is to notice.
        http.UseSocketsHttpHandler((handler, _) => handler.ResponseDrainTimeout = TimeSpan.Zero);
        http.AddResilienceHandler("retry-after", (pipeline, context) =>
        {
            var options = Options(context.ServiceProvider);
            pipeline.TimeProvider = context.ServiceProvider.GetService<TimeProvider>();
            if (options.MaxRetries > 0)
                pipeline.AddRetry(Retry(options));
        });
        return http;
    }

    private static RnnServeClientOptions Options(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<RnnServeClientOptions>>().Value;

    /// <summary>A refusal without Retry-After says that waiting does not help. Questions about the server's state, which are no POST, are
    /// answered with what is so now.</summary>
    private static HttpRetryStrategyOptions Retry(RnnServeClientOptions options) => new()
    {
        MaxRetryAttempts = options.MaxRetries,
        ShouldHandle = args => ValueTask.FromResult(
            args.Outcome.Result is { StatusCode: HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable } refusal
            && refusal.RequestMessage?.Method == HttpMethod.Post
            && RnnServeException.WaitOf(refusal) <= options.LongestWait),
    };
}
