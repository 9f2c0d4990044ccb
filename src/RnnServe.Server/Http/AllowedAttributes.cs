using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RnnServe.Server.Http;

/// <summary>What a field may hold, in words for an error message.</summary>
internal interface IAllowedValues
{
    /// <summary>For example "an integer from 1 to 16".</summary>
    string Allowed { get; }
}

/// <summary>A range whose message names the refused value; the OpenAPI document reads it too.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AllowedRangeAttribute : RangeAttribute, IAllowedValues
{
    public AllowedRangeAttribute(int minimum, int maximum) : base(minimum, maximum) =>
        Allowed = $"an integer from {minimum} to {maximum}";

    public AllowedRangeAttribute(double minimum, double maximum) : base(minimum, maximum) =>
        Allowed = string.Create(CultureInfo.InvariantCulture, $"a number from {minimum} to {maximum}");

    public string Allowed { get; }

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        IsValid(value) ? null : Refusals.Refuse(validationContext, Convert.ToString(value, CultureInfo.InvariantCulture)!, Allowed);
}

/// <summary>A length whose message names the refused value.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AllowedLengthAttribute(int minimum, int maximum) : LengthAttribute(minimum, maximum), IAllowedValues
{
    public string Allowed => $"a string of {MinimumLength} to {MaximumLength} characters";

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        IsValid(value) ? null : Refusals.Refuse(validationContext, $"a string of {((string)value!).Length} characters", Allowed);
}

/// <summary>The words that an array may hold.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AllowedItemsAttribute(params string[] items) : ValidationAttribute, IAllowedValues
{
    public IReadOnlyList<string> Items => items;

    public string Allowed => $"an array of {string.Join(", ", items)}";

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        string?[] wrong = [.. (value as IEnumerable<string?> ?? []).Where(v => !items.Contains(v, StringComparer.Ordinal))];
        return wrong is [] ? null : Refusals.Refuse(validationContext, Refusals.Quote(wrong[0]), Allowed);
    }
}

/// <summary>A field that is an object, whose own fields are checked by themselves.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AllowedObjectAttribute(string allowed) : Attribute, IAllowedValues
{
    public string Allowed => allowed;
}

/// <summary>The wording of a refusal.</summary>
internal static class Refusals
{
    private const int LongestQuote = 40;

    public static ValidationResult Refuse(ValidationContext context, string value, string allowed) =>
        new(Wording(FieldName(context.MemberName!), value, allowed), [context.MemberName!]);

    public static string Wording(string field, string value, string allowed) =>
        $"{field} is {value}, but must be {allowed}.";

    /// <summary>A value as it may appear in a message: quoted, and short.</summary>
    public static string Quote(string? value) => value is null ? "null" : $"'{Shorten(value)}'";

    public static string Shorten(string value, int longest = LongestQuote) =>
        value.Length > longest ? $"{value[..longest]}..." : value;

    /// <summary>The JSON name of a property.</summary>
    public static string FieldName(string property) => JsonNamingPolicy.CamelCase.ConvertName(property);

    /// <summary>The JSON names of a request's properties.</summary>
    public static string[] FieldNames(JsonTypeInfo request) =>
        [.. request.Properties.Where(p => !p.IsExtensionData).Select(p => p.Name)];

    /// <summary>What a property may hold, as its attribute has it; null where none says.</summary>
    public static string? Allowed(JsonPropertyInfo field) =>
        field.AttributeProvider?.GetCustomAttributes(inherit: true).OfType<IAllowedValues>().FirstOrDefault()?.Allowed;
}

/// <summary>The values that a number in an answer can have, for the OpenAPI document; NaN leaves a side open.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class BoundsAttribute : Attribute
{
    /// <summary>The smallest value.</summary>
    public double Minimum { get; init; } = double.NaN;

    /// <summary>The largest value.</summary>
    public double Maximum { get; init; } = double.NaN;
}
