using System.Text.Json.Serialization;
using RnnServe.Server.Http;

namespace RnnServe.Server.Doors;

/// <summary>Texts to translate, as clients of Hugging Face send them.</summary>
public sealed record HuggingFaceRequest
{
    /// <summary>The texts.</summary>
    public Texts? Inputs { get; init; }

    /// <summary>Languages; other parameters are ignored.</summary>
    public HuggingFaceParameters? Parameters { get; init; }
}

/// <summary>Languages that the model must have.</summary>
public sealed record HuggingFaceParameters
{
    /// <summary>Code of the language of the texts.</summary>
    /// <example>en</example>
    [JsonPropertyName("src_lang")]
    public string? SrcLang { get; init; }

    /// <summary>Code of the language to translate into.</summary>
    /// <example>de</example>
    [JsonPropertyName("tgt_lang")]
    public string? TgtLang { get; init; }
}

/// <summary>The translation of one text.</summary>
public sealed record HuggingFaceTranslation
{
    /// <summary>The translation.</summary>
    /// <example>Ein Hund läuft durch das Gras.</example>
    [JsonPropertyName("translation_text")]
    public required string TranslationText { get; init; }
}

/// <summary>The caption of an image.</summary>
public sealed record HuggingFaceCaption
{
    /// <summary>The caption.</summary>
    /// <example>a dog runs through the grass .</example>
    [JsonPropertyName("generated_text")]
    public required string GeneratedText { get; init; }
}
