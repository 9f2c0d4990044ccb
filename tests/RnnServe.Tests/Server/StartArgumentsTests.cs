using Microsoft.Extensions.Options;
using RnnServe.Server.Settings;

namespace RnnServe.Tests.Server;

/// <summary>Arguments that the configuration would leave out without a word.</summary>
public sealed class StartArgumentsTests
{
    private static readonly string[] Names = ["translate", "models", "keys"];

    [Theory]
    [InlineData("tranlate --model tiny", "'tranlate' is neither a command, which comes first (the nearest is translate), nor a setting, which is")]
    [InlineData("model list", "'model' is neither a command, which comes first (the nearest is models), nor a setting, which is")]
    [InlineData("--Limits:MaxTexts 64 models", "'models' is neither a command, which comes first (the nearest is models), nor a setting, which is")]
    [InlineData("-Limits:MaxTexts 64", "'-Limits:MaxTexts' has one dash; a setting is written --Limits:MaxTexts VALUE.")]
    [InlineData("--Doors:GrpcPort", "--Doors:GrpcPort has no value: a setting is written --NAME VALUE or --NAME=VALUE, and a command comes first.")]
    [InlineData("--Doors:GrpcPort --Limits:MaxTexts 64", "--Doors:GrpcPort has no value: ")]
    [InlineData("--Limits:MaxTexts=64 --help", "--help has no value: ")]
    public void What_is_neither_a_setting_nor_its_value_is_refused(string line, string message)
    {
        var error = Assert.Throws<OptionsValidationException>(() => StartArguments.Check(line.Split(' '), Names));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_does_not_repeat_what_may_be_a_secret()
    {
        var error = Assert.Throws<OptionsValidationException>(() => StartArguments.Check(["-Keys:Redis=redis:6379,password=zyxwvut"], Names));

        Assert.DoesNotContain("zyxwvut", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Models:Folder /srv/models --Limits:MaxTexts=64")]
    [InlineData("/Limits:MaxTexts 64 Limits:MaxTexts=64")]
    [InlineData("--Batching:Workers -1")]
    [InlineData("--Models= --Models:Folder=--models")]
    [InlineData("--applicationName RnnServe.Server,Version=0.1.0.0 --contentRoot=/srv --environment Production")]
    public void Every_form_that_the_configuration_reads_is_accepted(string line) => StartArguments.Check(line.Split(' '), Names);
}
