using System.Text.Json;
using System.Text.Json.Nodes;
using RnnServe.Inference.Text;

namespace RnnServe.Tests.Text;

/// <summary>Hugging Face's own tokenizer library, the one in Rust, from npm, as the judge of ours.</summary>
internal static class HuggingFace
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);
    private static readonly NodeFolder Folder = new("huggingface", "tests", "RnnServe.Tests", "Text", "huggingface");

    public sealed record Answer(int[] Ids, string Text);

    public static Answer[] Tokenize(byte[] tokenizer, IEnumerable<string> texts) => Ask<Answer[]>(new JsonObject
    {
        ["tokenizer"] = JsonNode.Parse(tokenizer),
        ["texts"] = ToArray(texts),
    });

    /// <summary>The texts in form NFC, or another; null for those that the JavaScript engine's Unicode does not know in full.</summary>
    public static string?[] Normalize(IEnumerable<string> texts, string form = "NFC") =>
        Ask<string?[]>(new JsonObject { ["normalize"] = ToArray(texts), ["form"] = form });

    /// <summary>Fails unless ours and theirs agree on the ids of every text, and on the text of these ids.</summary>
    public static void AssertSame(Tokenizer tokenizer, IReadOnlyList<string> texts)
    {
        var answers = Tokenize(tokenizer.ToJson(), texts);
        Assert.Equal(texts.Count, answers.Length);
        foreach (var (text, answer) in texts.Zip(answers))
        {
            var ids = tokenizer.Encode(text);
            Assert.True(
                answer.Ids.AsSpan().SequenceEqual(ids),
                $"{JsonSerializer.Serialize(text)}: ours [{Show(tokenizer, ids)}], theirs [{Show(tokenizer, answer.Ids)}]");
            Assert.Equal(answer.Text, tokenizer.Decode(ids));
        }
    }

    private static string Show(Tokenizer tokenizer, int[] ids) => string.Join(' ', ids.Select(tokenizer.TokenText));

    private static JsonArray ToArray(IEnumerable<string> texts) => [.. texts.Select(text => JsonValue.Create(text))];

    private static T Ask<T>(JsonObject question) =>
        JsonSerializer.Deserialize<T>(Folder.Run("tokenize.mjs", question.ToJsonString()), Web)!;
}
