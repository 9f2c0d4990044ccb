using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using RnnServe.Server.Settings;
using RnnServe.Tests.Bulk;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Server;

/// <summary>Sections that there are not: what is in them would be ignored.</summary>
public sealed class SettingNamesTests
{
    private static readonly string Shipped = TestData.InRepository("src", "RnnServe.Server", "appsettings.json");

    [Theory]
    [InlineData("--Limit:MaxTxts=5", "Limit:MaxTxts is not a setting; the nearest is Limits:MaxTexts.")]
    [InlineData("--MaxTexts=5", "MaxTexts is not a setting; the nearest is Limits:MaxTexts.")]
    [InlineData("--Limits=5", "Limits is not a setting but a section, in which is Limits:MaxTexts.")]
    [InlineData("--url=http://127.0.0.1:0", "url is not a setting; the nearest is urls.")]
    [InlineData("--Loging:LogLevel:Default=Debug", "Loging:LogLevel is not a setting; the nearest is Logging:LogLevel.")]
    public void An_argument_that_is_no_setting_is_refused(string argument, string message)
    {
        using var configuration = new ConfigurationManager();
        configuration.AddJsonFile(Shipped);
        configuration.AddCommandLine([argument]);

        var error = Assert.Throws<OptionsValidationException>(() => configuration.CheckNames());

        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void A_section_of_the_file_that_there_is_not_is_refused()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "appsettings.json");
        File.WriteAllText(file, """{ "Limits": { "MaxTexts": 5 }, "Thread": { "Spinning": false } }""");
        using var configuration = new ConfigurationManager();
        configuration.AddJsonFile(file);

        var error = Assert.Throws<OptionsValidationException>(() => configuration.CheckNames());

        Assert.StartsWith("Thread:Spinning is not a setting; the nearest is ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_shipped_file_and_the_names_of_the_framework_are_accepted()
    {
        using var configuration = new ConfigurationManager();
        configuration.AddJsonFile(Shipped);
        configuration.AddEnvironmentVariables();
        configuration.AddCommandLine(
        [
            "--Models=", "--models:folder=/srv", "--Proxy:Trusted=", "--Proxy:Trusted:0=10.0.0.0/8", "--Models:Canary:tiny=10",
            "--URLS=http://*:80", "--HTTP_PORTS=8080", "--environment=Production", "--contentRoot=/srv", "--applicationName=RnnServe.Server",
            "--hostingStartupAssemblies=", "--OTEL_SERVICE_NAME=shop", "--Kestrel:Endpoints:Inner:Url=http://[::]:80",
            "--Logging:LogLevel:RnnServe=Trace", "--AllowedHosts=*",
        ]);

        configuration.CheckNames();
    }

    // What is of another program does not end the start: the argument does.
    [Theory]
    [InlineData("Limit__MaxTexts", "Limit:MaxTexts is not a setting; the nearest is Limits:MaxTexts.")]
    [InlineData("PROXI__TRUSTD__0", "PROXI:TRUSTD is not a setting; the nearest is Proxy:Trusted.")]
    [InlineData("Limit__Else", "MaxImages must be between 1 and 256")]
    [InlineData("Docker__MaxTexts", "MaxImages must be between 1 and 256")]
    [InlineData("LIMIT_MAXTEXTS", "MaxImages must be between 1 and 256")]
    [InlineData("MODELS", "MaxImages must be between 1 and 256")]
    public async Task A_variable_is_refused_where_its_name_is_nearly_a_setting(string name, string message)
    {
        using var run = ProgramRun.WithEnvironment(name, "5", "--Limits:MaxImages=0");

        var (exit, _, errors) = await run.EndAsync();

        Assert.Equal(1, exit);
        Assert.StartsWith("RnnServe did not start: ", errors, StringComparison.Ordinal);
        Assert.Contains(message, errors, StringComparison.Ordinal);
    }
}
