using System.Text.Json.Serialization;

namespace RnnServe.Client;

/// <summary>The translations of one request, in the order of its texts. Timing is there where the request includes it, the language of the
/// texts where the request leaves it open.</summary>
public sealed record TranslateResponse(
    string Model, string Version, IReadOnlyList<Answer> Translations, Usage Usage, Language? DetectedSource = null, Timing? Timing = null);

/// <summary>The captions of one request, in the order of its images. Timing is there where the request includes it.</summary>
public sealed record CaptionResponse(string Model, string Version, IReadOnlyList<Answer> Captions, Timing? Timing = null);

/// <summary>The labels of one request's texts, in their order. Timing is there where the request includes it.</summary>
public sealed record ClassifyResponse(
    string Model, string Version, IReadOnlyList<Classification> Classifications, Usage Usage, Timing? Timing = null);

/// <summary>The languages of one request's texts, in their order.</summary>
public sealed record DetectResponse(string Model, string Version, IReadOnlyList<Detection> Detections);

/// <summary>The likeliest language of a text, its probability, and those of all that the model knows, the likeliest first.</summary>
public sealed record Detection(string Language, double Confidence, IReadOnlyList<Language> Languages);

/// <summary>A language with its probability, 0 to 1.</summary>
/// <param name="Code">BCP 47 code.</param>
/// <param name="Confidence">Its probability.</param>
public sealed record Language([property: JsonPropertyName("language")] string Code, double Confidence);

/// <summary>The best translation of a text, or caption of an image.</summary>
/// <param name="Text">The text.</param>
/// <param name="Score">Length-normalised natural-log probability, 0 or less: higher is better.</param>
/// <param name="Confidence">exp(mean log-probability of the tokens), above 0 and at most 1.</param>
/// <param name="Truncated">Whether a sentence was cut at the most tokens.</param>
/// <param name="Alternatives">The next best, best first; only where the request asks for some.</param>
/// <param name="Tokens">The tokens of the text; only where the request includes them.</param>
/// <param name="Attention">Where each token looked; only where the request includes it.</param>
public sealed record Answer(
    string Text,
    double Score,
    double Confidence,
    bool Truncated,
    IReadOnlyList<Alternative>? Alternatives = null,
    IReadOnlyList<Token>? Tokens = null,
    Attention? Attention = null);

/// <summary>A further answer to the same text or image; the numbers mean what those of <see cref="Answer"/> do.</summary>
public sealed record Alternative(string Text, double Score, double Confidence);

/// <summary>A word or a piece of one, and its natural-log probability after those before it, 0 or less.</summary>
public sealed record Token(string Text, double LogProb);

/// <summary>A row of weights for each target token; a row sums to 1.</summary>
/// <param name="Target">The tokens of the answer: the rows.</param>
/// <param name="Weights">[target, source], or [target, rows × columns of the grid].</param>
/// <param name="Source">The tokens of the text: the columns. Null for an image.</param>
/// <param name="Grid">Rows and columns of the cells that the image is seen as. Null for a text.</param>
public sealed record Attention(
    IReadOnlyList<string> Target,
    IReadOnlyList<IReadOnlyList<float>> Weights,
    IReadOnlyList<string>? Source = null,
    IReadOnlyList<int>? Grid = null);

/// <summary>The likeliest label of a text, its probability, and those of all labels, the likeliest first. What was behind the most that
/// the model reads did not count where it is truncated.</summary>
public sealed record Classification(
    string Label, double Probability, IReadOnlyList<LabelProbability> Probabilities, bool Truncated, TokenAttention? Attention = null);

/// <summary>A label with its probability, 0 to 1.</summary>
public sealed record LabelProbability(string Label, double Probability);

/// <summary>How much each token of a text counted; the weights sum to 1.</summary>
public sealed record TokenAttention(IReadOnlyList<string> Tokens, IReadOnlyList<float> Weights);

/// <summary>Tokens that were read, and written: 0 where a label is the answer.</summary>
public sealed record Usage(int SourceTokens, int TargetTokens = 0);

/// <summary>Where the time went, in milliseconds: waiting, running the encoder, running the decoder, all; reading images, if any.</summary>
public sealed record Timing(double QueueMs, double EncodeMs, double DecodeMs, double TotalMs, double? ImageMs = null);

/// <summary>A part of an answer that streams: a piece of its text, which is not taken back, or in the end the whole answer.</summary>
/// <param name="Text">The next piece; all together are the answer's text. Null in the last part.</param>
/// <param name="Result">What comes unstreamed; null but in the last part.</param>
public sealed record StreamPart<T>(string? Text, T? Result) where T : class;
