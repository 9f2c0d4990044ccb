namespace RnnServe.Inference.Text;

/// <summary>Characters that stand for what a model copies instead of translating: addresses, numbers, names of variables. They are of
/// Unicode's private use area, so no text means anything by them, and to a tokenizer they are characters like any other.</summary>
public static class Placeholders
{
    /// <summary>Most that a model may know.</summary>
    public const int Most = 16;

    private const char First = '\uE000';

    /// <summary>The first <paramref name="count"/> of them.</summary>
    public static string Characters(int count) => string.Concat(Enumerable.Range(0, count).Select(i => (char)(First + i)));

    /// <summary>How many of the first <paramref name="most"/> a tokenizer has, one after the other.</summary>
    internal static int KnownBy(Tokenizer tokenizer, int most) => Characters(most).TakeWhile(placeholder => tokenizer
        .Encode($"{placeholder}")
        .Count(id => tokenizer.TokenText(id).Contains(placeholder, StringComparison.Ordinal)) == 1).Count();

    /// <summary>Which of them a character is, counted from 0; null for all others.</summary>
    internal static int? IndexOf(char character) => character is >= First and < (char)(First + Most) ? character - First : null;
}
