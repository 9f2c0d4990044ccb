using System.Net;

namespace RnnServe.Server.Settings;

/// <summary>The reverse proxy in front of the server. Section "Proxy".</summary>
public sealed class ProxyOptions : IValidatableObject
{
    /// <summary>Networks (such as 10.0.0.0/8) or addresses of proxies whose X-Forwarded-For, -Proto, -Host and -Prefix are believed;
    /// empty: nobody's.</summary>
    public IReadOnlyList<string> Trusted { get; set; } = [];

    /// <summary>What the paths of requests begin with because the proxy does not take it off, such as /rnn; empty: nothing.</summary>
    [RegularExpression("(/[A-Za-z0-9._~-]+)*", ErrorMessage = "PathBase must be empty or begin with '/' and not end with it.")]
    public string PathBase { get; set; } = "";

    /// <summary><see cref="Trusted"/> as networks; an address is a network of one.</summary>
    internal IEnumerable<IPNetwork> Networks => Trusted.Select(text => Network(text)!.Value);

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        from text in Trusted
        where Network(text) is null
        select new ValidationResult($"Trusted has '{text}'; it must be a network such as 10.0.0.0/8 or an address.", [nameof(Trusted)]);

    private static IPNetwork? Network(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;
}

[OptionsValidator]
internal sealed partial class ProxyOptionsValidator : IValidateOptions<ProxyOptions>;
