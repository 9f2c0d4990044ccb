using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RnnServe.Tests.Fuzz;

/// <summary>Changes valid input at random, so that much of it still holds and gets deep into what reads it.</summary>
internal sealed class Mutator(Random random)
{
    /// <summary>Stands for half a surrogate pair, which a JsonNode cannot hold.</summary>
    private const string HalfCharacter = "HALF";

    private static readonly string[] Values =
    [
        "null", "true", "-1", "0", "1e400", "-0.0", "2147483648", "9223372036854775808", "0.1", "\"\"", "\" \"", "\"a\"", "\"\\u0000\"",
        $"\"{HalfCharacter}\"", "\"en\"",
        "[]", "{}", "[[[[[[[[]]]]]]]]", "[null]", "[\"a\", 1]", "{\"a\": {\"a\": {\"a\": 1}}}", "\"\ufeff\u202e\u0301\"",
    ];

    /// <summary>A valid document with some values, names or bytes changed.</summary>
    public byte[] Json(string sample)
    {
        var root = JsonNode.Parse(sample)!;
        for (int i = random.Next(3); i >= 0; i--)
            ChangeValue(root);
        byte[] bytes = Encoding.UTF8.GetBytes(root.ToJsonString().Replace(HalfCharacter, "\\ud800", StringComparison.Ordinal));
        return random.Next(3) == 0 ? Bytes(bytes) : bytes;
    }

    /// <summary>Bytes with some changed, taken out, doubled or put in.</summary>
    public byte[] Bytes(byte[] sample)
    {
        var bytes = sample.ToList();
        for (int i = random.Next(4); i >= 0 && bytes.Count > 0; i--)
        {
            int at = random.Next(bytes.Count), length = Math.Min(1 << random.Next(8), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 4:
                    bytes.InsertRange(at, Enumerable.Range(0, length).Select(_ => (byte)random.Next(256)));
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>One of several.</summary>
    public T Of<T>(IReadOnlyList<T> all) => all[random.Next(all.Count)];

    /// <summary>Printable characters, as a header may have them.</summary>
    public string Header() => new([.. Enumerable.Range(0, random.Next(1, 30)).Select(_ => (char)random.Next(33, 127))]);

    private void ChangeValue(JsonNode node)
    {
        while (true)
        {
            switch (node)
            {
                case JsonObject { Count: > 0 } map:
                    string name = map.ElementAt(random.Next(map.Count)).Key;
                    if (map[name] is { } inner and (JsonObject or JsonArray) && random.Next(2) == 0)
                    {
                        node = inner;
                        continue;
                    }

                    ChangeMember(map, name);
                    return;
                case JsonArray { Count: > 0 } array:
                    array[random.Next(array.Count)] = NewValue();
                    return;
                default:
                    return;
            }
        }
    }

    private void ChangeMember(JsonObject map, string name)
    {
        switch (random.Next(6))
        {
            case 0:
                map.Remove(name);
                break;
            case 1:
                map[name + (char)random.Next(32, 127)] = NewValue();
                break;
            case 2 when map[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String:
                map[name] = string.Concat(Enumerable.Repeat(value.GetValue<string>(), random.Next(50)));
                break;
            default:
                map[name] = NewValue();
                break;
        }
    }

    private JsonNode? NewValue() => JsonNode.Parse(Of(Values));
}
