using RnnServe.Inference;

namespace RnnServe.Server.Http;

/// <summary>What is wrong with a request, by field: all fields are reported at once, and of each what was found first.</summary>
internal sealed class FieldErrors
{
    /// <summary>A body full of unknown fields gets a short answer.</summary>
    private const int MostUnknown = 10, LongestName = 64;

    private readonly Dictionary<string, string[]> errors = [];

    public void Add(string field, string message) => errors.TryAdd(field, [message]);

    /// <summary>Refuses a value: which one was found, and what is allowed.</summary>
    public void Refuse(string field, string found, string allowed) => Add(field, Refusals.Wording(field, found, allowed));

    /// <summary>Refuses names that the request does not have.</summary>
    /// <param name="unknown">Such names.</param>
    /// <param name="fields">Those that it has.</param>
    /// <param name="group">The name of the group that they are in, with a point; nothing for the request's own.</param>
    public void CheckNames(IEnumerable<string> unknown, IReadOnlyList<string> fields, string group = "")
    {
        foreach (string name in unknown.Take(MostUnknown).Select(n => n.Length > LongestName ? n[..LongestName] : n))
            Add(group + name, Unknown(group + name, group + NearestName.Of(name, fields)));
    }

    /// <summary>Refuses values that the attributes of the request's properties do not allow.</summary>
    public void CheckValues(object request)
    {
        CheckValues(request, "");
        foreach (var (name, fields) in (request as IGroupedFields)?.Groups ?? [])
            CheckValues(fields, name + ".");
    }

    /// <exception cref="ApiException">400 with every refused field, if there is one.</exception>
    public void ThrowIfAny()
    {
        if (errors.Count > 0)
            throw ApiException.ForFields(errors);
    }

    private void CheckValues(object part, string group)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(part, new ValidationContext(part), results, validateAllProperties: true);
        foreach (var result in results)
            Add(group + Refusals.FieldName(result.MemberNames.First()), group + result.ErrorMessage!);
    }

    private static string Unknown(string name, string nearest) =>
        $"{Refusals.Quote(name)} is not a field of this request; the nearest is '{nearest}'.";
}
