using System.CommandLine;
using RnnServe.Server.Bulk;
using RnnServe.Server.Catalog;
using RnnServe.Server.Commands;
using RnnServe.Server.Doors;
using RnnServe.Server.Endpoints;
using RnnServe.Server.Http;
using RnnServe.Server.Keys;
using RnnServe.Server.Kinds;
using RnnServe.Server.OpenApi;
using RnnServe.Server.Settings;
using RnnServe.Server.Telemetry;

if (HealthCheckCommand.IsAsked(args))
    return await HealthCheckCommand.RunAsync();

Command[] commands =
[
    .. ServerKinds.All.Select(kind => kind.Command).OfType<Command>(),
    ModelsCommand.Create(),
    KeyCommands.Create(ServerKinds.Scopes),
];
if (BulkCommands.IsAsked(args, commands))
    return await BulkCommands.RunAsync(args, commands);

return await StartFailure.ReportAsync(async () =>
{
    StartArguments.Check(args, commands.Select(command => command.Name));
    var builder = WebApplication.CreateBuilder(args);
    builder.Configuration.CheckNames();
    builder.Configuration.AddLoggingDefaults();
    builder.Services.AddServerOptions();
    builder.AddTelemetry();
    builder.Services.AddServerJson();
    builder.Services.AddServerProblems();
    builder.Services.AddServerOpenApi(ServerKinds.All.Select(kind => kind.Tag));
    builder.Services.AddKestrelLimits();
    builder.AddKeys();
    builder.Services.AddGraphExecution();
    builder.Services.AddModelCatalog(ServerKinds.All.Select(kind => kind.Model));
    foreach (var kind in ServerKinds.All)
        kind.AddServices(builder.Services);
    builder.Services.AddHostedService<StartupBanner>();
    builder.Services.AddSingleton<UploadBudget>();
    builder.Services.AddDoors();

    var app = builder.Build();
    app.Services.CheckServerOptions();
    app.Services.CheckGraphExecution();
    app.UseTelemetry();
    app.UseReverseProxy();
    app.UseLibreTranslatePaths();
    app.UseBrowserRules();
    app.UseServerProblems();
    app.UseHeadRequests();
    app.UseRouting();
    app.UseGrpcRefusals();
    app.UseBodyEncoding();
    app.UseMiddleware<RequestLifetime>();
    app.UseServerSwagger();
    app.UseKeys();
    app.UseMiddleware<RequestAdmission>();

    var v1 = app.MapGroup("/v1");
    foreach (var kind in ServerKinds.All)
        kind.Map(v1.MapGroup("").RequireScope(kind.Model.Scope));
    v1.MapModels();
    v1.MapGroup("").RequireScope(RequiredScope.Admin).MapModelChanges();
    app.MapDoors();
    app.MapPlayground();
    app.MapHealth();
    app.MapGroup("").RequireScope(RequiredScope.Metrics).MapMetrics();
    app.MapOpenApi().AllowAnonymous();

    await app.RunAsync();
});
