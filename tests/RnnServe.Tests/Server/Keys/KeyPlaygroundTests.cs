using Microsoft.Playwright;

namespace RnnServe.Tests.Server.Keys;

/// <summary>The page at "/" of a server with keys, in a real browser.</summary>
public sealed class KeyPlaygroundTests(KeyedServer keyed, Browser browser) : IClassFixture<KeyedServer>, IClassFixture<Browser>
{
    [Fact]
    public async Task The_page_asks_for_a_key_and_keeps_it_for_the_tab()
    {
        var page = await browser.NewPageAsync();
        var faults = new List<string>();
        page.PageError += (_, error) => faults.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning" && !message.Text.Contains("401", StringComparison.Ordinal))
                faults.Add(message.Text);
        };
        await page.GotoAsync($"{keyed.Server.Url}#translate");
        var field = page.GetByLabel("Key");
        await Assertions.Expect(field).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#state")).ToContainTextAsync("A key is needed");

        await field.FillAsync("rnn_wrong");
        await page.GetByRole(AriaRole.Button, new() { Name = "Use", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("#state")).ToHaveTextAsync("The key is not valid.");
        await field.FillAsync(keyed.Everything);
        await page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(page.Locator("#translate .answer span").First).ToBeVisibleAsync();
        await Assertions.Expect(field).ToBeHiddenAsync();
        await page.Locator("#translate .call summary").ClickAsync();
        await Assertions.Expect(page.Locator("#translate .call pre")).ToContainTextAsync("-H \"Authorization: Bearer $KEY\"");
        Assert.DoesNotContain(keyed.Everything, await page.ContentAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await page.EvaluateAsync<int>("localStorage.length + document.cookie.length"));

        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("#translate .answer span").First).ToBeVisibleAsync();
        await Assertions.Expect(field).ToBeHiddenAsync();
        Assert.Empty(faults);
    }
}
