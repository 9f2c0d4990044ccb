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
            await Console.Error.WriteLineAsync($"RnnServe did not start: {line}");
            return 1;
        }
    }

    private static string? Explain(Exception e) => e switch
    {
        ProviderException absent => absent.Message,
        OptionsValidationException invalid => string.Join(" ", invalid.Failures),
        AggregateException several when several.InnerExceptions.All(i => Explain(i) is not null) =>
            string.Join(" ", several.InnerExceptions.Select(Explain)),
        // A value of the wrong type.
        InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } unbound => unbound.Message,
        InvalidDataException { Source: "Microsoft.Extensions.Configuration.Json" } malformed =>
            $"{malformed.Message} {malformed.InnerException?.Message}",
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } inUse => inUse.Message,
        _ => null,
    };
}
