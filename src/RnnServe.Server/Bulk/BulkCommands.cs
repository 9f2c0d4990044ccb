using System.CommandLine;
using RnnServe.Server.Http;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Bulk;

/// <summary>Work from the command line, without a server.</summary>
internal static class BulkCommands
{
    private const int Failed = 1, WrongInput = 2, Interrupted = 130;
    private static readonly string[] HelpNames = ["--help", "-h", "-?"];

    /// <summary>Whether the program was started for such work.</summary>
    /// <param name="arguments">Of the program.</param>
    /// <param name="commands">All commands.</param>
    public static bool IsAsked(string[] arguments, IReadOnlyList<Command> commands) => arguments is [var first, ..]
        && (HelpNames.Contains(first) || first == "--version" || commands.Any(command => command.Name == first));

    /// <summary>Runs a command; what the user can mend is one line on standard error.</summary>
    /// <returns>The exit code: 1 when it failed, 2 when the input is wrong, 130 when it was interrupted.</returns>
    public static async Task<int> RunAsync(string[] arguments, IReadOnlyList<Command> commands)
    {
        var root = new RootCommand(
            "Serves recurrent models over HTTP. Without a command the server starts, with the settings below.");
        foreach (var command in commands)
            root.Add(command);
        try
        {
            var parsed = root.Parse(arguments);
            int exit = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
            if (arguments is [var only] && HelpNames.Contains(only))
                await Console.Out.WriteAsync(SettingsReference.Help());
            return parsed.Errors.Count > 0 ? WrongInput : exit;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("interrupted; with --output, the same command goes on where this one ended.");
            return Interrupted;
        }
        catch (Exception error) when (ExitCode(error) is { } code)
        {
            string line = StartFailure.Explain(error) ?? error.Message;
            await Console.Error.WriteLineAsync($"error: {line.ReplaceLineEndings(" ")}");
            return code;
        }
    }

    private static int? ExitCode(Exception error) => error switch
    {
        BulkException or ApiException or InvalidDataException => WrongInput,
        FileNotFoundException or DirectoryNotFoundException => WrongInput,
        _ when StartFailure.Explain(error) is not null => WrongInput,
        IOException or UnauthorizedAccessException => Failed,
        _ => null,
    };
}

/// <summary>A command was asked for something that it cannot do.</summary>
/// <param name="message">A sentence that says what, and what is possible.</param>
internal sealed class BulkException(string message) : Exception(message);
