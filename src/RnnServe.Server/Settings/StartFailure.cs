using System.Net.Sockets;
using RnnServe.Inference.Onnx;

namespace RnnServe.Server.Settings;

/// <summary>A start that fails for a reason that the operator can mend says so in one line, without a stack trace.</summary>
internal static class StartFailure
{
    public static async Task<int> ReportAsync(Func<Task> run)
    {
        try
        {
            await run();
            return 0;
        }
        catch (Exception e) when (Explain(e) is { } line)
        {
            await Console.Error.WriteLineAsync($"RnnServe did not start: {line.ReplaceLineEndings(" ")}");
            return 1;
        }
    }

    /// <summary>What the operator can mend, in words; null for everything else.</summary>
    public static string? Explain(Exception e) => e switch
    {
        ProviderException absent => absent.Message,
        OptionsValidationException invalid => string.Join(" ", invalid.Failures),
        AggregateException several when several.InnerExceptions.All(i => Explain(i) is not null) =>
            string.Join(" ", several.InnerExceptions.Select(Explain)),
        // A value of the wrong type.
        InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } unbound => unbound.Message,
        // An address with a scheme that there is not, or with https and no certificate.
        InvalidOperationException { Source: "Microsoft.AspNetCore.Server.Kestrel.Core" } unserved => unserved.Message,
        // An argument or an address that is none.
        FormatException { Source: "Microsoft.Extensions.Configuration.CommandLine" or "Microsoft.AspNetCore.Http" } none => none.Message,
        InvalidDataException { Source: "Microsoft.Extensions.Configuration.Json" } malformed =>
            $"{malformed.Message} {malformed.InnerException?.Message}",
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } inUse => inUse.Message,
        // Both addresses of localhost.
        IOException { InnerException: AggregateException { InnerExceptions: [SocketException refused, ..] } } local =>
            $"{local.Message} {refused.Message}",
        // A port or an address that others have.
        SocketException { SocketErrorCode: SocketError.AccessDenied or SocketError.AddressNotAvailable } refused =>
            $"The server cannot listen on one of its addresses: {refused.Message}",
        _ => null,
    };
}
