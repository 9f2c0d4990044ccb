using System.Net;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace RnnServe.Tests.Server;

/// <summary>The page at "/" as people use it: a real browser, the real server, tiny models.</summary>
public sealed class PlaygroundTests(BothTasks both, Browser browser) : IClassFixture<BothTasks>, IClassFixture<Browser>
{
    private static readonly string Photo = TestData.InRepository("samples", "photos", "dog.jpg");

    private readonly List<string> faults = [];

    [Fact]
    public async Task A_text_is_translated_and_its_words_show_where_the_model_looked()
    {
        var page = await OpenAsync("#translate");
        await page.Locator("#translate-text").FillAsync("A dog runs.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Translate", Exact = true }).ClickAsync();

        var word = page.Locator("#translate .answer span").First;
        await Assertions.Expect(word).ToBeVisibleAsync();
        await word.HoverAsync();
        await Assertions.Expect(page.Locator("#translate .source span[style*='--shade']").First).ToBeVisibleAsync();
        double[] shades = await page.Locator("#translate .source span").EvaluateAllAsync<double[]>(
            "spans => spans.map(span => Number(span.style.getPropertyValue('--shade')))");
        Assert.InRange(shades.Sum(), 0.2, 1.01);

        await page.Locator("#translate .attention summary").ClickAsync();
        await Assertions.Expect(page.Locator("#translate table.heat td[title*='%']").First).ToBeVisibleAsync();
        await page.Locator("#translate .call summary").ClickAsync();
        await Assertions.Expect(page.Locator("#translate .call pre")).ToContainTextAsync("\"text\":\"A dog runs.\"");
        await page.Locator("#translate .alternatives button").First.ClickAsync();
        await Assertions.Expect(page.Locator("#translate .answer")).Not.ToBeEmptyAsync();
        await CheckAsync(page, "translate");
    }

    [Fact]
    public async Task A_photo_is_captioned_and_each_word_darkens_what_the_model_did_not_look_at()
    {
        var page = await OpenAsync("#caption");
        await page.Locator("#caption input[type=file]").SetInputFilesAsync(Photo);

        var word = page.Locator("#caption .answer span").First;
        await Assertions.Expect(word).ToBeVisibleAsync();
        string clear = await DrawnAsync(page);
        await word.FocusAsync();
        Assert.NotEqual(clear, await DrawnAsync(page));
        await page.Locator("#caption").GetByRole(AriaRole.Button, new() { Name = "the astronaut" }).ClickAsync();
        await Assertions.Expect(page.Locator("#caption .call pre")).ToContainTextAsync("astronaut.jpg");
        await Assertions.Expect(word).ToBeVisibleAsync();
        await CheckAsync(page, "caption");
    }

    [Fact]
    public async Task Every_model_has_its_card_and_tabs_are_changed_by_keys()
    {
        var page = await OpenAsync("");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Translate" }).FocusAsync();
        await page.Keyboard.PressAsync("ArrowLeft");

        await Assertions.Expect(page.GetByRole(AriaRole.Tab, new() { Name = "Models" })).ToBeFocusedAsync();
        // No model classifies: that tab is not there to be stepped on.
        await page.Keyboard.PressAsync("ArrowLeft");
        await Assertions.Expect(page.GetByRole(AriaRole.Tab, new() { Name = "Caption" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(page.GetByRole(AriaRole.Tab, new() { Name = "Models" })).ToBeFocusedAsync();
        await Assertions.Expect(page.Locator(".card")).ToHaveCountAsync(2);
        await Assertions.Expect(page.Locator(".card").First).ToContainTextAsync("licence");
        await CheckAsync(page, "models");
    }

    [Fact]
    public async Task Paragraphs_stay_paragraphs_and_what_failed_leaves_nothing_of_the_answer_before()
    {
        var page = await OpenAsync("#translate");
        await page.Locator("#translate-text").FillAsync("A dog runs.\n\nA cat.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Translate", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("#translate .alternatives button").First).ToBeVisibleAsync();
        Assert.Contains("\n\n", await page.Locator("#translate .answer").TextContentAsync(), StringComparison.Ordinal);

        await page.Locator("#translate-text").FillAsync(new string('a', 200_000));
        await page.GetByRole(AriaRole.Button, new() { Name = "Translate", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("#translate .problem")).Not.ToBeEmptyAsync();

        await Assertions.Expect(page.Locator("#translate .answer")).ToBeEmptyAsync();
        await Assertions.Expect(page.Locator("#translate .alternatives button")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("#translate .attention")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_model_without_attention_is_asked_for_the_rest()
    {
        using var models = new ModelFolder();
        models.AddCaptioner("tiny-photos", attention: false);
        await using var server = await new RunningServer(models.Path).SettledAsync();
        var page = await OpenAsync("#caption", server.Url);
        await page.Locator("#caption input[type=file]").SetInputFilesAsync(Photo);

        await Assertions.Expect(page.Locator("#caption .answer span").First).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#caption .problem")).ToBeEmptyAsync();
        await Assertions.Expect(page.Locator("#caption .call pre")).Not.ToContainTextAsync("attention");
    }

    [Fact]
    public async Task A_refusal_is_shown_in_its_own_words()
    {
        var page = await OpenAsync("#translate");
        await page.Locator("#translate-text").FillAsync(new string('a', 200_000));
        await page.GetByRole(AriaRole.Button, new() { Name = "Translate", Exact = true }).ClickAsync();

        await Assertions.Expect(page.Locator("#translate .problem")).ToHaveTextAsync("text has 200000 characters; the most is 10000.");
    }

    [Fact]
    public async Task It_works_behind_a_path_that_a_proxy_adds()
    {
        await using var server = new RunningServer(both.Models, ("Proxy:PathBase", "/outer/rnn"));
        await server.SettledAsync();
        var page = await OpenAsync("#translate", new Uri(server.Url, "/outer/rnn/"));

        await Assertions.Expect(page.Locator("#translate .answer span").First).ToBeVisibleAsync();
        Assert.Empty(faults);
    }

    [Fact]
    public async Task Its_files_come_with_a_strict_policy_and_are_not_sent_twice()
    {
        using var first = await both.Server.Client.GetAsync("/");
        string policy = Assert.Single(first.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);

        using var again = new HttpRequestMessage(HttpMethod.Get, "/");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await both.Server.Client.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        using var missing = await both.Server.Client.GetAsync("/playground/other.js");
        await RunningServer.ProblemAsync(missing, HttpStatusCode.NotFound);
    }

    private async Task<IPage> OpenAsync(string place, Uri? address = null)
    {
        var page = await browser.NewPageAsync();
        address ??= both.Server.Url;
        page.PageError += (_, error) => faults.Add(error);
        page.Console += (_, message) => { if (message.Type is "error" or "warning") faults.Add(message.Text); };
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(address.ToString(), StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal))
                faults.Add($"asks {request.Url}");
        };
        await page.GotoAsync(address + place);
        return page;
    }

    private static Task<string> DrawnAsync(IPage page) => page.Locator("#caption canvas").EvaluateAsync<string>("canvas => canvas.toDataURL()");

    /// <summary>Nothing went wrong, axe finds no fault in light and in dark, and a narrow screen needs no sideways scrolling.</summary>
    private async Task CheckAsync(IPage page, string picture)
    {
        string folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "screenshots")).FullName;
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{picture}-{scheme}.png"), FullPage = true });
            var found = await page.RunAxe();
            Assert.True(found.Violations.Length == 0, string.Join("\n", found.Violations.Select(v => $"{v.Id}: {v.Nodes[0].Html}")));
        }

        await page.SetViewportSizeAsync(360, 700);
        await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{picture}-narrow.png") });
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "wider than a narrow screen");
        Assert.Empty(faults);
    }
}
