using RnnServe.Inference;

namespace RnnServe.Server.Http;

/// <summary>What is wrong with a request, by field: all fields are reported at once, and of each what was found first.</summary>
internal sealed class FieldErrors
{
    /// <summary>A body full of unknown fields gets a short answer.</summary>
    private const int MostUnknown = 10, LongestName = 64;

    /// <summary>Fields of the published contract that this version does not have.</summary>
    private static readonly string[] NotSupportedYet = ["sampling", "prefix"];

    private readonly Dictionary<string, string[]> errors = [];

    public void Add(string field, string message) => errors.TryAdd(field, [message]);

    /// <summary>Refuses a value: which one was found, and what is allowed.</summary>
    public void Refuse(string field, string found, string allowed) => Add(field, Refusals.Wording(field, found, allowed));

    /// <summary>Refuses names that the request does not have.</summary>
    /// <param name="unknown">Such names.</param>
    /// <param name="fields">Those that it has.</param>
    public void CheckNames(IEnumerable<string> unknown, IReadOnlyList<string> fields)
    {
        foreach (string name in unknown.Take(MostUnknown).Select(n => n.Length > LongestName ? n[..LongestName] : n))
            Add(name, Unknown(name, fields));
    }

    /// <summary>Refuses values that the attributes of the request's properties do not allow.</summary>
    public void CheckValues(object request)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(request, new ValidationContext(request), results, validateAllProperties: true);
        foreach (var result in results)
            Add(Refusals.FieldName(result.MemberNames.First()), result.ErrorMessage!);
    }

    /// <exception cref="ApiException">400 with every refused field, if there is one.</exception>
    public void ThrowIfAny()
    {
        if (errors.Count > 0)
            throw ApiException.ForFields(errors);
    }

    private static string Unknown(string name, IReadOnlyList<string> fields) => NotSupportedYet.Contains(name, StringComparer.Ordinal)
        ? $"'{name}' is not supported yet."
        : $"{Refusals.Quote(name)} is not a field of this request; the nearest is '{NearestName.Of(name, fields)}'.";
}
