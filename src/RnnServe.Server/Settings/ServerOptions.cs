using RnnServe.Inference.Scheduling;

namespace RnnServe.Server.Settings;

/// <summary>Binds and checks the configuration: a wrong value, or a name that no option has, stops the start.</summary>
internal static class ServerOptions
{
    public static void AddServerOptions(this IServiceCollection services)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSection<ModelsOptions, ModelsOptionsValidator>("Models");
        services.AddSection<LimitsOptions, LimitsOptionsValidator>("Limits");
        services.AddSection<BatchingOptions, BatchingOptionsValidator>("Batching");
        services.AddSection<ThreadingOptions, ThreadingOptionsValidator>("ThreadPool");
        services.AddSection<DevicesOptions, DevicesOptionsValidator>("Devices");
        services.AddSection<ProxyOptions, ProxyOptionsValidator>("Proxy");
        services.AddSection<BrowserOptions, BrowserOptionsValidator>("Browsers");
        services.AddCors();
    }

    /// <summary>Checks before the host starts, which would log the same error with its stack trace.</summary>
    /// <exception cref="OptionsValidationException">A value is outside its range.</exception>
    public static void CheckServerOptions(this IServiceProvider services) => services.GetRequiredService<IStartupValidator>().Validate();

    internal static void AddSection<TOptions, TValidator>(this IServiceCollection services, string section)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>
    {
        services.AddOptionsWithValidateOnStart<TOptions, TValidator>().BindConfiguration(section);
        services.AddSingleton<IValidateOptions<TOptions>>(provider =>
            new KnownSettings<TOptions>(section, provider.GetRequiredService<IConfiguration>()));
    }
}

[OptionsValidator]
internal sealed partial class BatchingOptionsValidator : IValidateOptions<BatchingOptions>;
