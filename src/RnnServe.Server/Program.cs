using RnnServe.Server.Catalog;
using RnnServe.Server.Endpoints;
using RnnServe.Server.Hosting;
using RnnServe.Server.Json;
using RnnServe.Server.OpenApi;
using RnnServe.Server.Options;
using RnnServe.Server.Problems;
using RnnServe.Server.Requests;

if (HealthCheckCommand.IsAsked(args))
    return await HealthCheckCommand.RunAsync();

return await StartFailure.ReportAsync(async () =>
{
    var builder = WebApplication.CreateBuilder(args);
    builder.Configuration.AddLoggingDefaults();
    builder.Services.AddServerOptions();
    builder.Services.AddServerJson();
    builder.Services.AddServerProblems();
    builder.Services.AddServerOpenApi();
    builder.Services.AddKestrelLimits();
    builder.Services.AddGraphExecution();
    builder.Services.AddModelCatalog();
    builder.Services.AddSingleton<UploadBudget>();
    builder.Services.AddHostedService<StartupBanner>();

    var app = builder.Build();
    app.Services.CheckServerOptions();
    app.Services.CheckGraphExecution();
    app.UseReverseProxy();
    app.UseServerProblems();
    app.UseHeadRequests();
    app.UseBodyEncoding();
    app.UseMiddleware<RequestLifetime>();
    app.UseRouting();
    app.UseServerSwagger();

    var v1 = app.MapGroup("/v1");
    v1.MapTranslate();
    v1.MapCaption();
    v1.MapModels();
    v1.MapModel();
    app.MapLive();
    app.MapReady();
    app.MapOpenApi();

    await app.RunAsync();
});
