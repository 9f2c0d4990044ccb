namespace RnnServe.Tests;

/// <summary>Skips the running test where something that it needs is absent, and says so.</summary>
internal static class Skip
{
    /// <summary>Whether tests of minutes are asked for.</summary>
    public static bool LongTestsAreWanted => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("RNNSERVE_LONG_TESTS"));

    /// <summary>For a test of minutes, or one whose like runs each time.</summary>
    public static void UnlessLong() => Unless(LongTestsAreWanted, "takes long: set RNNSERVE_LONG_TESTS=1 to run it");

    public static void Unless(bool condition, string reason)
    {
        if (condition)
            return;

        // dotnet test prints the name of a skipped test and its warnings, but not the reason.
        TestContext.Current.AddWarning(reason);
        Assert.Skip(reason);
    }
}
