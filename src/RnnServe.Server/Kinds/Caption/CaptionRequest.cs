using System.Numerics;
using System.Text.Json.Serialization.Metadata;
using RnnServe.Server.Http;
using RnnServe.Server.Search;

namespace RnnServe.Server.Kinds.Caption;

/// <summary>How the images of a request are captioned: query parameters, or fields of the form that has the images.</summary>
public sealed record CaptionRequest : SearchRequest
{
    /// <summary>
    /// A name that GET /v1/models lists. May be left out: of the caption models for the language, the one with the greatest priority
    /// answers, if there is one such.
    /// </summary>
    /// <example>flickr8k-en</example>
    [AllowedLength(1, 200)]
    public string? Model { get; init; }

    /// <summary>BCP 47 code of the captions' language; it picks a model.</summary>
    /// <example>en</example>
    [AllowedLength(1, 35)]
    public string? Language { get; init; }
}

/// <summary>Reads the options of a caption request, which come as text, and says precisely what is wrong with them.</summary>
internal sealed class CaptionFields
{
    private const string Sampling = "sampling";

    // In an address and in a form, an object's fields have its name before them.
    private static readonly Dictionary<string, JsonPropertyInfo> Fields = new(
        from field in CaptionJson.Api.CaptionRequest.Properties
        from named in field.Name == Sampling
            ? CaptionJson.Api.SamplingRequest.Properties.Where(p => !p.IsExtensionData).Select(p => ($"{Sampling}.{p.Name}", p))
            : [(field.Name, field)]
        select KeyValuePair.Create(named.Item1, named.Item2));

    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);
    private readonly List<string> include = [];
    private readonly FieldErrors errors = new();

    private CaptionFields(IEnumerable<KeyValuePair<string, string>> fields)
    {
        var unknown = new List<string>();
        foreach (var (name, value) in fields)
        {
            if (name == "image")
                errors.Add(name, "image must be a file in the body; the server fetches no address.");
            else if (!Fields.ContainsKey(name))
                unknown.Add(name);
            else if (name == "include")
                include.AddRange(value.Split(',', StringSplitOptions.TrimEntries));
            else if (!values.TryAdd(name, value))
                errors.Add(name, $"{name} is given more than once.");
        }

        errors.CheckNames(unknown, [.. Fields.Keys, "image"]);
    }

    /// <param name="query">Of the request's address.</param>
    /// <param name="form">Fields of the body's form, images left out.</param>
    /// <exception cref="ApiException">400 with every refused field.</exception>
    public static CaptionRequest Read(IQueryCollection query, IEnumerable<KeyValuePair<string, string>> form)
    {
        var asked = query.SelectMany(q => q.Value.Select(value => KeyValuePair.Create(q.Key, value ?? "")));
        var fields = new CaptionFields(asked.Concat(form));
        var request = new CaptionRequest
        {
            Model = fields.values.GetValueOrDefault("model"),
            Language = fields.values.GetValueOrDefault("language"),
            BeamSize = fields.Integer("beamSize"),
            Alternatives = fields.Integer("alternatives") ?? 0,
            LengthPenalty = fields.Number("lengthPenalty"),
            MaxLength = fields.Integer("maxLength"),
            Sampling = fields.values.Keys.Any(name => name.StartsWith(Sampling, StringComparison.Ordinal)) ? fields.ReadSampling() : null,
            Include = fields.include.Count > 0 ? fields.include : null,
        };
        fields.errors.CheckValues(request);
        fields.errors.ThrowIfAny();
        return request;
    }

    private SamplingRequest ReadSampling() => new()
    {
        Temperature = Number($"{Sampling}.temperature"),
        TopK = Integer($"{Sampling}.topK"),
        TopP = Number($"{Sampling}.topP"),
        Seed = Number<long>($"{Sampling}.seed", NumberStyles.AllowLeadingSign),
    };

    private int? Integer(string name) => Number<int>(name, NumberStyles.AllowLeadingSign);

    private double? Number(string name) => Number<double>(name, NumberStyles.Float);

    private T? Number<T>(string name, NumberStyles style) where T : struct, INumberBase<T>
    {
        if (!values.TryGetValue(name, out string? text))
            return null;
        if (T.TryParse(text, style, CultureInfo.InvariantCulture, out var number))
            return number;
        errors.Refuse(name, Refusals.Quote(text), Refusals.Allowed(Fields[name])!);
        return null;
    }
}
