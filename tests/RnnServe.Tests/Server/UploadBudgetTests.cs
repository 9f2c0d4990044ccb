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

        budget.Take(1000, "a", upload: 0);
        budget.Take(24, "a", upload: 0);
        var refused = Assert.Throws<ApiException>(() => budget.Take(1, "a", upload: 0));
        var never = Assert.Throws<ApiException>(() => budget.Take(1, "b", upload: 1024));
        budget.Take(512, "b", upload: 0);
        budget.Take(512, "", upload: 0);
        Assert.Throws<ApiException>(() => budget.Take(1, "", upload: 0));
        budget.Return(1024, "a");

        Assert.Equal((429, 413, 1024L), (refused.Status, never.Status, budget.Used));
        Assert.Null(never.RetryAfterSeconds);
        budget.Take(512, "a", upload: 0);
    }
}
