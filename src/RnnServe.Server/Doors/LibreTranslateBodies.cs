using System.Text.Json.Serialization;
using RnnServe.Server.Http;
using RnnServe.Server.Search;

namespace RnnServe.Server.Doors;

/// <summary>Texts to translate, as LibreTranslate's clients send them.</summary>
public sealed record LibreRequest
{
    /// <summary>The texts.</summary>
    public Texts? Q { get; init; }

    /// <summary>Code of the language of the texts, or auto.</summary>
    /// <example>en</example>
    public string? Source { get; init; }

    /// <summary>Code of the language to translate into.</summary>
    /// <example>de</example>
    public string? Target { get; init; }

    /// <summary>text; left out or empty, it is the same.</summary>
    /// <example>text</example>
    public string? Format { get; init; }

    /// <summary>The key, where the server has keys and neither a header nor the address has it.</summary>
    /// <example>rnn_...</example>
    [JsonPropertyName("api_key"), JsonConverter(typeof(KeyConverter))]
    public string? ApiKey { get; init; }

    /// <summary>The key as npm's client libretranslate names it, where api_key has none.</summary>
    /// <example>rnn_...</example>
    [JsonPropertyName("apiKey"), JsonConverter(typeof(KeyConverter))]
    public string? NpmKey { get; init; }

    /// <summary>The key, by whichever name.</summary>
    [JsonIgnore]
    internal string? Key => string.IsNullOrEmpty(ApiKey) ? NpmKey : ApiKey;

    /// <summary>How many further translations of each text to return at most.</summary>
    /// <example>1</example>
    [AllowedRange(0, SearchRequest.WidestBeam - 1), JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
    public int? Alternatives { get; init; }
}

/// <summary>Texts whose language is wanted, as LibreTranslate's clients send them.</summary>
public sealed record LibreDetectRequest
{
    /// <summary>The texts.</summary>
    public Texts? Q { get; init; }

    /// <summary>The key, where the server has keys and neither a header nor the address has it.</summary>
    /// <example>rnn_...</example>
    [JsonPropertyName("api_key"), JsonConverter(typeof(KeyConverter))]
    public string? ApiKey { get; init; }
}

/// <summary>A language.</summary>
public sealed record LibreLanguage
{
    /// <summary>Its code.</summary>
    /// <example>en</example>
    public required string Code { get; init; }

    /// <summary>Its name in English.</summary>
    /// <example>English</example>
    public required string Name { get; init; }

    /// <summary>Codes of the languages into which it can be translated.</summary>
    /// <example>["de"]</example>
    public required IReadOnlyList<string> Targets { get; init; }
}

/// <summary>Settings for a page.</summary>
public sealed record LibreSettings
{
    /// <summary>Whether this server has keys.</summary>
    /// <example>false</example>
    public required bool ApiKeys { get; init; }

    /// <summary>Whether a request needs one.</summary>
    /// <example>false</example>
    public required bool KeyRequired { get; init; }

    /// <summary>Most UTF-16 characters of a text.</summary>
    /// <example>10000</example>
    [Bounds(Minimum = 1)]
    public required int CharLimit { get; init; }

    /// <summary>How long a page waits after a key before it asks, in milliseconds.</summary>
    /// <example>500</example>
    [Bounds(Minimum = 0)]
    public int FrontendTimeout { get; init; } = 500;

    /// <summary>false: nobody collects better translations.</summary>
    /// <example>false</example>
    public bool Suggestions { get; init; }

    /// <summary>Empty: files are not translated.</summary>
    /// <example>[]</example>
    public IReadOnlyList<string> SupportedFilesFormat { get; init; } = [];
}
