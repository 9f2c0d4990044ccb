using System.Text;
using System.Text.Json;

namespace RnnServe.Server.Settings;

/// <summary>A setting as appsettings.json documents it.</summary>
/// <param name="Name">Such as <c>Limits:MaxTexts</c>.</param>
/// <param name="Default">As JSON.</param>
/// <param name="Text">What it is, with its unit and range.</param>
internal readonly record struct Setting(string Name, string Default, string Text);

/// <summary>Every setting, read from the file that has them with their defaults: the one place where they are written down.</summary>
internal static class SettingsReference
{
    private const string Resource = "appsettings.json";

    /// <summary>All settings that are ours, in the order of the file; ASP.NET Core's own have no comment there.</summary>
    public static IReadOnlyList<Setting> All()
    {
        using var stream = typeof(SettingsReference).Assembly.GetManifestResourceStream(Resource)!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return [.. Read(bytes.ToArray())];
    }

    /// <summary>For the console.</summary>
    public static string Help()
    {
        var help = new StringBuilder()
            .AppendLine("Settings of the server, with their defaults (--Limits:MaxTexts 64, or Limits__MaxTexts=64;")
            .AppendLine("of a list value by value: --Proxy:Trusted:0 10.0.0.0/8, or Proxy__Trusted__0=10.0.0.0/8):");
        foreach (var setting in All())
            help.AppendLine().AppendLine($"  {setting.Name} = {setting.Default}").AppendLine($"      {setting.Text}");
        return help.ToString();
    }

    private static List<Setting> Read(byte[] json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Allow });
        var settings = new List<Setting>();
        string section = "", name = "";
        var comments = new List<string>();
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.Comment:
                    comments.Add(reader.GetComment().Trim());
                    break;
                case JsonTokenType.PropertyName when reader.CurrentDepth == 1:
                    section = reader.GetString()!;
                    comments.Clear();
                    break;
                case JsonTokenType.PropertyName:
                    name = reader.GetString()!;
                    break;
                case JsonTokenType.StartObject when reader.CurrentDepth < 2:
                case JsonTokenType.EndObject:
                    break;
                default:
                    if (comments.Count > 0)
                        settings.Add(new($"{section}:{name}", Value(json, ref reader), string.Join(' ', comments)));
                    comments.Clear();
                    break;
            }
        }

        return settings;
    }

    /// <summary>The value that the reader is at, to its end.</summary>
    private static string Value(byte[] json, ref Utf8JsonReader reader)
    {
        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        return Encoding.UTF8.GetString(json[start..(int)reader.BytesConsumed]);
    }
}
