using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace RnnServe.Server.Options;

/// <summary>The threads inside one run of a graph. Section "ThreadPool".</summary>
public sealed class ThreadingOptions
{
    /// <summary>
    /// Threads that share one run, 1 to 256. 1 gives the most sentences a second, because the decode workers already
    /// use every core; 2 or more make one global pool for all models, which shortens a lone request.
    /// </summary>
    [Range(1, 256)]
    public int IntraOpThreads { get; set; } = 1;

    /// <summary>Whether idle threads of the pool spin for a moment before they sleep: quicker answers for more CPU time.</summary>
    public bool Spinning { get; set; } = true;
}

[OptionsValidator]
internal sealed partial class ThreadingOptionsValidator : IValidateOptions<ThreadingOptions>;
