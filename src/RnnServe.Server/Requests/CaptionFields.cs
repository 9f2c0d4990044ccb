using System.Globalization;
using System.Numerics;
using System.Reflection;
using RnnServe.Server.Problems;

namespace RnnServe.Server.Requests;

/// <summary>Reads the options of a caption request, which come as text, and says precisely what is wrong with them.</summary>
internal sealed class CaptionFields
{
    private static readonly string[] Names = [.. Json.ApiJson.Context.CaptionRequest.Properties.Select(p => p.Name)];

    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);
    private readonly List<string> include = [];
    private readonly Dictionary<string, string[]> errors = [];

    private CaptionFields(IEnumerable<KeyValuePair<string, string>> fields)
    {
        var unknown = new List<string>();
        foreach (var (name, value) in fields)
        {
            if (name == "image")
                errors[name] = ["image must be a file in the body; the server fetches no address."];
            else if (!Names.Contains(name, StringComparer.Ordinal))
                unknown.Add(name);
            else if (name == "include")
                include.AddRange(value.Split(',', StringSplitOptions.TrimEntries));
            else if (!values.TryAdd(name, value))
                errors[name] = [$"{name} is given more than once."];
        }

        FieldRules.CheckNames(unknown, [.. Names, "image"], errors);
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
            Model = fields.Text("model"),
            Language = fields.Text("language"),
            BeamSize = fields.Integer("beamSize"),
            Alternatives = fields.Integer("alternatives") ?? 0,
            LengthPenalty = fields.Number("lengthPenalty"),
            MaxLength = fields.Integer("maxLength"),
            Include = fields.include.Count > 0 ? fields.include : null,
        };
        FieldRules.CheckValues(request, fields.errors);
        return fields.errors.Count == 0 ? request : throw ApiException.ForFields(fields.errors);
    }

    private string? Text(string name) => values.GetValueOrDefault(name);

    private int? Integer(string name) => Number<int>(name, NumberStyles.AllowLeadingSign);

    private double? Number(string name) => Number<double>(name, NumberStyles.Float);

    private T? Number<T>(string name, NumberStyles style) where T : struct, INumberBase<T>
    {
        if (Text(name) is not { } text)
            return null;
        if (T.TryParse(text, style, CultureInfo.InvariantCulture, out var number))
            return number;
        Refuse(name, text);
        return null;
    }

    private void Refuse(string name, string text)
    {
        var property = typeof(CaptionRequest).GetProperties().Single(p => Refusals.FieldName(p.Name) == name);
        var allowed = property.GetCustomAttributes().OfType<IAllowedValues>().Single().Allowed;
        errors.TryAdd(name, [Refusals.Wording(name, Refusals.Quote(text), allowed)]);
    }
}
