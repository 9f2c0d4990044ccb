using System.ComponentModel.DataAnnotations;
using RnnServe.Inference;

namespace RnnServe.Server.Requests;

/// <summary>Checks that hold for the fields of every request; each refusal is added to a list, so that all are reported at once.</summary>
internal static class FieldRules
{
    /// <summary>A body full of unknown fields gets a short answer.</summary>
    private const int MostUnknown = 10, LongestName = 64;

    /// <summary>Fields of the published contract that this version does not have.</summary>
    private static readonly string[] NotSupportedYet = ["sampling", "prefix"];

    /// <summary>Refuses names that the request does not have.</summary>
    /// <param name="unknown">Such names.</param>
    /// <param name="fields">Those that it has.</param>
    /// <param name="errors">What is wrong, by field.</param>
    public static void CheckNames(IEnumerable<string> unknown, IReadOnlyList<string> fields, Dictionary<string, string[]> errors)
    {
        foreach (var name in unknown.Take(MostUnknown).Select(Shorten))
            errors[name] = [Unknown(name, fields)];
    }

    /// <summary>Refuses values that the attributes of the request's properties do not allow.</summary>
    public static void CheckValues(object request, Dictionary<string, string[]> errors)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(request, new ValidationContext(request), results, validateAllProperties: true);
        foreach (var result in results)
            errors.TryAdd(Refusals.FieldName(result.MemberNames.First()), [result.ErrorMessage!]);
    }

    private static string Unknown(string name, IReadOnlyList<string> fields) => NotSupportedYet.Contains(name, StringComparer.Ordinal)
        ? $"'{name}' is not supported yet."
        : $"{Refusals.Quote(name)} is not a field of this request; the nearest is '{NearestName.Of(name, fields)}'.";

    private static string Shorten(string name) => name.Length > LongestName ? name[..LongestName] : name;
}
