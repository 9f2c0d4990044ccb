using RnnServe.Inference;

namespace RnnServe.Server.Settings;

/// <summary>Refuses arguments of the server that its configuration leaves out without a word.</summary>
internal static class StartArguments
{
    /// <summary>The first argument that is neither a setting nor the value of one ends the start.</summary>
    /// <param name="arguments">Of the program, none of which is a command.</param>
    /// <param name="commands">Names of the commands, at least one.</param>
    /// <exception cref="OptionsValidationException">There is such an argument.</exception>
    public static void Check(string[] arguments, IEnumerable<string> commands)
    {
        for (int i = 0; i < arguments.Length; i += HasValue(arguments[i]) ? 1 : 2)
        {
            if (Fault(arguments[i], arguments.ElementAtOrDefault(i + 1), commands) is { } fault)
                throw new OptionsValidationException(nameof(StartArguments), typeof(StartArguments), [fault]);
        }
    }

    private static bool HasValue(string argument) => argument.Contains('=', StringComparison.Ordinal);

    private static bool HasDashes(string argument) => argument.StartsWith("--", StringComparison.Ordinal);

    private static string? Fault(string argument, string? next, IEnumerable<string> commands)
    {
        // What stands behind the sign may be a secret.
        string name = argument.Split('=')[0];
        if (argument.StartsWith('-') && !HasDashes(argument))
            return $"'{name}' has one dash; a setting is written -{name} VALUE.";
        if (HasValue(argument))
            return null;
        if (!HasDashes(argument) && !argument.StartsWith('/'))
        {
            return $"'{argument}' is neither a command, which comes first (the nearest is {NearestName.Of(argument, commands)}), "
                + "nor a setting, which is written --NAME VALUE.";
        }

        // The provider would take the next setting for the value.
        return next is null || HasDashes(next)
            ? $"{argument} has no value: a setting is written --NAME VALUE or --NAME=VALUE, and a command comes first."
            : null;
    }
}
