namespace RnnServe.Tests.Server;

/// <summary>A test in a real browser; it is skipped, saying why, where Chromium is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    /// <summary>Where Debian's package puts it.</summary>
    public const string Chromium = "/usr/bin/chromium";

    public BrowserFactAttribute()
    {
        if (!File.Exists(Chromium))
            Skip = $"needs '{Chromium}' (Debian: apt-get install chromium), which is not here";
    }
}
