using Microsoft.Playwright;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Server;

public class SwaggerPageTests(BothTasks both, Browser browser) : IClassFixture<BothTasks>, IClassFixture<Browser>
{
    private static readonly FilePayload Photo = new() { Name = "photo.png", MimeType = "image/png", Buffer = TinyCaptionBundle.Image(1) };

    [Fact]
    public Task Try_it_out_translates_the_example() => TryAsync("#operations-Translate-Translate", "translations", _ => Task.CompletedTask);

    [Fact]
    public Task Try_it_out_captions_an_uploaded_file() => TryAsync(
        "#operations-Caption-Caption", "captions", operation => operation.Locator("input[type=file]").SetInputFilesAsync(Photo));

    [Fact]
    public Task Try_it_out_captions_the_files_of_a_form() => TryAsync("#operations-Caption-Caption", "captions", async operation =>
    {
        await operation.Locator("select.content-type").First.SelectOptionAsync("multipart/form-data");
        await operation.Locator("button.json-schema-form-item-add").Last.WaitForAsync();
        var files = operation.Locator("input[type=file]");
        for (var i = 0; i < 2; i++)
        {
            if (await files.CountAsync() == i)
                await operation.Locator("button.json-schema-form-item-add").Last.ClickAsync();
            await files.Nth(i).SetInputFilesAsync(Photo);
        }
    });

    [Fact]
    public async Task Try_it_out_works_behind_a_path_that_a_proxy_adds()
    {
        await using var server = new RunningServer(both.Models, ("Proxy:PathBase", "/outer/rnn"));
        await server.SettledAsync();
        await TryAsync("#operations-Translate-Translate", "translations", _ => Task.CompletedTask, new Uri(server.Url, "/outer/rnn/swagger"));
    }

    /// <summary>Opens an operation, fills in what it needs and sends it.</summary>
    /// <param name="operationId">Of the page's element.</param>
    /// <param name="answered">A word of the answer.</param>
    /// <param name="fillIn">What a person must do beyond two clicks.</param>
    /// <param name="address">Of the page, if it is another server's.</param>
    private async Task TryAsync(string operationId, string answered, Func<ILocator, Task> fillIn, Uri? address = null)
    {
        var page = await browser.NewPageAsync();
        var errors = new List<string>();
        page.PageError += (_, error) => errors.Add(error);

        await page.GotoAsync((address ?? new Uri(both.Server.Url, "/swagger")).ToString());
        var operation = page.Locator(operationId);
        await operation.Locator(".opblock-summary").ClickAsync();
        await operation.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Try it out" }).ClickAsync();
        await fillIn(operation);
        await operation.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Execute" }).ClickAsync();

        var live = operation.Locator(".live-responses-table");
        await Assertions.Expect(live.Locator("tbody td.response-col_status").First).ToContainTextAsync("200");
        await Assertions.Expect(live).ToContainTextAsync(answered);
        Assert.Empty(errors);
    }
}
