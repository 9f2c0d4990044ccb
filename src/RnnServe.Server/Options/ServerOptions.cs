using Microsoft.Extensions.Options;
using RnnServe.Inference.Batching;

namespace RnnServe.Server.Options;

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
    }

    private static void AddSection<TOptions, TValidator>(this IServiceCollection services, string section)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions> =>
        services.AddOptionsWithValidateOnStart<TOptions, TValidator>().BindConfiguration(section, binder => binder.ErrorOnUnknownConfiguration = true);
}

[OptionsValidator]
internal sealed partial class BatchingOptionsValidator : IValidateOptions<BatchingOptions>;
