using Microsoft.Extensions.Configuration.Memory;

namespace RnnServe.Server.Settings;

/// <summary>What is logged where no configuration says otherwise.</summary>
internal static class LoggingDefaults
{
    /// <summary>The framework writes four lines for each request at the level Information, gRPC one for each refusal. appsettings.json
    /// turns them off, but it is not read when the server is started in another folder than its own; as the first source this gives way to
    /// every other.</summary>
    public static void AddLoggingDefaults(this IConfigurationBuilder configuration) =>
        configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData =
            [
                new("Logging:LogLevel:Microsoft", nameof(LogLevel.Warning)),
                new("Logging:LogLevel:Grpc", nameof(LogLevel.Warning)),
            ],
        });
}
