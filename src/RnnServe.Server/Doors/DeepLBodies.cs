using System.Text.Json.Serialization;
using RnnServe.Server.Http;

namespace RnnServe.Server.Doors;

/// <summary>Texts to translate, as DeepL's clients send them.</summary>
public sealed record DeepLRequest
{
    /// <summary>The texts, answered in the same order.</summary>
    public Texts? Text { get; init; }

    /// <summary>Code of the language to translate into. EN-GB and EN-US are served by a model for English.</summary>
    /// <example>DE</example>
    [JsonPropertyName("target_lang")]
    public string? TargetLang { get; init; }

    /// <summary>Code of the language of the texts; left out, it is detected, where the server has a model for that and
    /// several languages come into question; otherwise the model with the greatest priority into target_lang decides.</summary>
    /// <example>EN</example>
    [JsonPropertyName("source_lang")]
    public string? SourceLang { get; init; }

    /// <summary>1: the answer says how many characters each text has.</summary>
    /// <example>1</example>
    [JsonPropertyName("show_billed_characters"), JsonConverter(typeof(FlagConverter))]
    public string? ShowBilledCharacters { get; init; }

    /// <summary>The key, where the server has keys and no header has it.</summary>
    /// <example>rnn_...</example>
    [JsonPropertyName("auth_key"), JsonConverter(typeof(KeyConverter))]
    public string? AuthKey { get; init; }

    /// <summary>Refused: there are no glossaries.</summary>
    /// <example>none</example>
    [JsonPropertyName("glossary_id"), JsonConverter(typeof(DeepLRefusedConverter))]
    public string? GlossaryId { get; init; }

    /// <summary>Refused: texts are plain texts.</summary>
    /// <example>none</example>
    [JsonPropertyName("tag_handling"), JsonConverter(typeof(DeepLRefusedConverter))]
    public string? TagHandling { get; init; }

    /// <summary>Refused: the models follow no instructions.</summary>
    /// <example>none</example>
    [JsonPropertyName("custom_instructions"), JsonConverter(typeof(DeepLRefusedConverter))]
    public string? CustomInstructions { get; init; }

    /// <summary>Refused: there are no styles.</summary>
    /// <example>none</example>
    [JsonPropertyName("style_id"), JsonConverter(typeof(DeepLRefusedConverter))]
    public string? StyleId { get; init; }

    /// <summary>Refused: there are no translation memories.</summary>
    /// <example>none</example>
    [JsonPropertyName("translation_memory_id"), JsonConverter(typeof(DeepLRefusedConverter))]
    public string? TranslationMemoryId { get; init; }

    /// <summary>Options that would change the translation, and why they are refused.</summary>
    internal static readonly (string Field, Func<DeepLRequest, string?> Of, string Reason)[] Refused =
    [
        ("glossary_id", request => request.GlossaryId, "this server has no glossaries"),
        ("tag_handling", request => request.TagHandling, "text is plain text"),
        ("custom_instructions", request => request.CustomInstructions, "the models follow no instructions"),
        ("style_id", request => request.StyleId, "this server has no styles"),
        ("translation_memory_id", request => request.TranslationMemoryId, "this server has no translation memories"),
    ];
}

/// <summary>The translations of one request.</summary>
public sealed record DeepLResponse
{
    /// <summary>One translation for each text, in the order of the request.</summary>
    public required IReadOnlyList<DeepLTranslation> Translations { get; init; }
}

/// <summary>The translation of one text.</summary>
public sealed record DeepLTranslation
{
    /// <summary>Source language of the model that answered.</summary>
    /// <example>EN</example>
    [JsonPropertyName("detected_source_language")]
    public required string DetectedSourceLanguage { get; init; }

    /// <summary>The translation.</summary>
    /// <example>Ein Hund läuft durch das Gras.</example>
    public required string Text { get; init; }

    /// <summary>UTF-16 characters of the text; only with show_billed_characters.</summary>
    /// <example>29</example>
    [JsonPropertyName("billed_characters"), Bounds(Minimum = 1)]
    public int? BilledCharacters { get; init; }
}

/// <summary>A language.</summary>
public sealed record DeepLLanguage
{
    /// <summary>Its code, in capitals.</summary>
    /// <example>DE</example>
    public required string Language { get; init; }

    /// <summary>Its name in English.</summary>
    /// <example>German</example>
    public required string Name { get; init; }

    /// <summary>false; only for target languages.</summary>
    /// <example>false</example>
    [JsonPropertyName("supports_formality")]
    public bool? SupportsFormality { get; init; }
}

/// <summary>What was translated.</summary>
public sealed record DeepLUsageBody
{
    /// <summary>UTF-16 characters since the server started.</summary>
    /// <example>1520</example>
    [JsonPropertyName("character_count"), Bounds(Minimum = 0)]
    public required long CharacterCount { get; init; }

    /// <summary>The number that stands for no limit.</summary>
    /// <example>1000000000000</example>
    [JsonPropertyName("character_limit"), Bounds(Minimum = 0)]
    public required long CharacterLimit { get; init; }
}
