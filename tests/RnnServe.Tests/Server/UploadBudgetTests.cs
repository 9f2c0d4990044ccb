using Microsoft.Extensions.Options;
using RnnServe.Server.Http;
using RnnServe.Server.Settings;

namespace RnnServe.Tests.Server;

public sealed class UploadBudgetTests
{
    [Fact]
    public void The_owner_of_a_key_leaves_room_for_the_uploads_of_others()
    {
        var budget = new UploadBudget(Options.Create(new LimitsOptions { MaxUploadBytesTotal = 2048 }));

        budget.Take(1000, "a");
        budget.Take(24, "a");
        var refused = Assert.Throws<ApiException>(() => budget.Take(1, "a"));
        budget.Take(512, "b");
        budget.Take(512, "");
        Assert.Throws<ApiException>(() => budget.Take(1, ""));
        budget.Return(1024, "a");

        Assert.Equal((429, 1024L), (refused.Status, budget.Used));
        budget.Take(512, "a");
    }
}
