using Microsoft.Playwright;

namespace RnnServe.Tests.Server;

/// <summary>A real browser, started once for all tests of a class.</summary>
public sealed class Browser : IAsyncLifetime
{
    /// <summary>Where Debian's package puts it.</summary>
    private const string Chromium = "/usr/bin/chromium";

    private IPlaywright? playwright;
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Chromium))
            return;
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium,
            Args =
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
            ],
        });
    }

    /// <summary>A page that shares nothing with others; without a browser the test is skipped.</summary>
    public Task<IPage> NewPageAsync()
    {
        Skip.Unless(browser is not null, $"needs '{Chromium}' (Debian: apt-get install chromium), which is not here");
        return browser!.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
    }
}
