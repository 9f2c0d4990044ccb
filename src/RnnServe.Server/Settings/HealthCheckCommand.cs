namespace RnnServe.Server.Settings;

/// <summary><c>RnnServe.Server --health-check</c>: asks the server in the same container whether it is ready, for images that have neither
/// a shell nor curl.</summary>
internal static class HealthCheckCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static bool IsAsked(string[] args) => args is ["--health-check", ..];

    /// <summary>The exit code that a container engine expects: 0 healthy, 1 not.</summary>
    public static async Task<int> RunAsync()
    {
        using var client = new HttpClient { Timeout = Patience };
        try
        {
            using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{Port()}/health/ready"));
            Console.WriteLine(await answer.Content.ReadAsStringAsync());
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            Console.WriteLine(e.Message);
            return 1;
        }
    }

    /// <summary>The first port that the server of this container listens on.</summary>
    private static int Port()
    {
        if (Environment.GetEnvironmentVariable("ASPNETCORE_URLS")?.Split(';')[0] is { Length: > 0 } url)
            return BindingAddress.Parse(url).Port;

        string? ports = Environment.GetEnvironmentVariable("ASPNETCORE_HTTP_PORTS");
        return int.TryParse(ports?.Split(';')[0], out int port) ? port : 8080;
    }
}
