using Microsoft.Playwright;

namespace RnnServe.Tests.Server;

public class SwaggerPageTests(TwoModels two) : IClassFixture<TwoModels>
{
    [BrowserFact]
    public async Task Try_it_out_translates_the_example()
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = BrowserFactAttribute.Chromium,
            Args =
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
            ],
        });
        var page = await browser.NewPageAsync();
        var errors = new List<string>();
        page.PageError += (_, error) => errors.Add(error);

        await page.GotoAsync(new Uri(two.Server.Url, "/swagger").ToString());
        var operation = page.Locator("#operations-Translate-Translate");
        await operation.Locator(".opblock-summary").ClickAsync();
        await operation.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Try it out" }).ClickAsync();
        await operation.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Execute" }).ClickAsync();

        var live = operation.Locator(".live-responses-table");
        await Assertions.Expect(live.Locator("tbody td.response-col_status").First).ToContainTextAsync("200");
        await Assertions.Expect(live).ToContainTextAsync("translations");
        Assert.Empty(errors);
    }
}
