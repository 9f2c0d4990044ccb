using System.Text.Json;

namespace RnnServe.Inference.Text;

/// <summary>A value in tokenizer.json with its path, so that every complaint names the place, what is there and what may be.</summary>
internal readonly record struct JsonPart(JsonElement Element, string Path)
{
    public bool IsNull => Element.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    /// <summary>A field of this object; a null part where it is absent.</summary>
    public JsonPart this[string field] =>
        new(
            Require(JsonValueKind.Object).TryGetProperty(field, out var value) ? value : default,
            Path.Length == 0 ? field : $"{Path}.{field}");

    /// <summary>Refuses fields that are not named here: a setting that we would ignore changes the tokens.</summary>
    public void AllowFields(params IReadOnlyCollection<string> known)
    {
        foreach (var field in Require(JsonValueKind.Object).EnumerateObject())
        {
            if (!known.Contains(field.Name))
                throw this[field.Name].Fault($"the field '{field.Name}'", string.Join(", ", known));
        }
    }

    /// <summary>The type of a step; refuses types that are not named here, and fields that the type does not have.</summary>
    /// <param name="known">Types, each with its fields.</param>
    public string StepType(IReadOnlyDictionary<string, string[]> known)
    {
        var type = this["type"];
        if (!known.TryGetValue(type.Text(), out var fields))
            throw type.Fault(type.Found(), $"null, Sequence, {string.Join(", ", known.Keys)}");

        AllowFields(["type", .. fields]);
        return type.Text();
    }

    public IEnumerable<JsonPart> Items()
    {
        var (path, index) = (Path, 0);
        foreach (var item in Require(JsonValueKind.Array).EnumerateArray())
            yield return new JsonPart(item, $"{path}[{index++}]");
    }

    public string Text() => Require(JsonValueKind.String).GetString()!;

    public string TextOr(string absent) => IsNull ? absent : Text();

    public char Character() => Text() is [var single] ? single : throw Fault(Found(), "one character");

    public bool FlagOr(bool absent) => IsNull ? absent : Element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Fault(Found(), "true, false"),
    };

    public int NumberOr(int absent) => IsNull ? absent : Number();

    public int Number() =>
        Require(JsonValueKind.Number).TryGetInt32(out var value) && value >= 0 ? value : throw Fault(Found(), "a whole number from 0 on");

    public double Real() => Require(JsonValueKind.Number).GetDouble();

    public void RequireNull()
    {
        if (!IsNull)
            throw Fault(Found(), "null");
    }

    public JsonElement Require(JsonValueKind kind) => Element.ValueKind == kind
        ? Element
        : throw Fault(Found(), $"a JSON {kind.ToString().ToLowerInvariant()}");

    public InvalidDataException Fault(string found, string supported) =>
        new($"tokenizer.json, {(Path.Length == 0 ? "top level" : Path)}: found {found}, supported: {supported}.");

    public string Found()
    {
        const int Shown = 60;
        if (Element.ValueKind == JsonValueKind.Undefined)
            return "nothing";

        var text = Element.ValueKind == JsonValueKind.String ? $"\"{Element.GetString()}\"" : Element.GetRawText();
        return text.Length <= Shown ? text : text[..Shown] + "...";
    }
}
