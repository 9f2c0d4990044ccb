using System.Globalization;
using System.Text.Json;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;
using DotNet.Testcontainers.Images;

namespace RnnServe.ContainerTests;

/// <summary>The image that docker-compose.yml builds, and containers of it that are restricted as that file says.</summary>
public sealed class ComposedServer : IAsyncLifetime
{
    private const int Port = 8080;
    private JsonElement service;

    /// <summary>Why there is no container, or null.</summary>
    internal string? Missing { get; private set; }

    /// <summary>A healthy container for the tests that leave it as it is.</summary>
    internal IContainer Container { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Missing = await Docker.ReasonForNoneAsync();
        if (Missing is not null)
            return;

        await Docker.RunAsync("compose", "build", "--quiet");
        using var compose = JsonDocument.Parse(await Docker.RunAsync("compose", "config", "--format", "json"));
        service = compose.RootElement.GetProperty("services").GetProperty("rnnserve").Clone();
        Container = await StartAsync();
    }

    public ValueTask DisposeAsync() => Container?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Another container, when it is healthy.</summary>
    internal async Task<IContainer> StartAsync()
    {
        var container = new ContainerBuilder(Word("image"))
            .WithImagePullPolicy(PullPolicy.Never)
            .WithPortBinding(Port, assignRandomHostPort: true)
            .WithEnvironment(service.GetProperty("environment").EnumerateObject().ToDictionary(one => one.Name, one => one.Value.GetString()!))
            .WithCreateParameterModifier(container =>
            {
                container.StopTimeout = TimeSpan.FromSeconds(int.Parse(Word("stop_grace_period").TrimEnd('s'), CultureInfo.InvariantCulture));
                var host = container.HostConfig!;
                host.ReadonlyRootfs = service.GetProperty("read_only").GetBoolean();
                host.Tmpfs = Words("tmpfs").ToDictionary(folder => folder, _ => "");
                host.CapDrop = Words("cap_drop");
                host.SecurityOpt = Words("security_opt");
            })
            .WithWaitStrategy(Wait.ForUnixContainer().UntilContainerIsHealthy(waitStrategyModifier: wait => wait.WithTimeout(TimeSpan.FromMinutes(2))))
            .Build();
        await container.StartAsync();
        return container;
    }

    internal static Uri Address(IContainer container) => new($"http://{container.Hostname}:{container.GetMappedPublicPort(Port)}");

    private string Word(string setting) => service.GetProperty(setting).GetString()!;

    private List<string> Words(string setting) => [.. service.GetProperty(setting).EnumerateArray().Select(word => word.GetString()!)];
}
