using System.Text;
using System.Text.RegularExpressions;
using RnnServe.Inference.Text.Unicode;

namespace RnnServe.Tests.Text;

/// <summary>Learning of byte-pair merges as the paper describes it, with nothing kept between merges.</summary>
/// <remarks>Ties are broken as BpeLearner documents.</remarks>
internal static partial class NaiveBpe
{
    public static List<string> Merges(IEnumerable<string> texts, int merges, int minimumPairCount)
    {
        List<List<string>> words = [.. texts.SelectMany(Words)];
        List<string> order = [.. words.SelectMany(word => word).Distinct().OrderBy(character => Rune.GetRuneAt(character, 0))];
        List<string> learnt = [];
        while (learnt.Count < merges)
        {
            var (left, right) = words.SelectMany(Pairs).GroupBy(pair => pair).Where(group => group.Count() >= minimumPairCount)
                .OrderByDescending(group => group.Count())
                .ThenBy(group => order.IndexOf(group.Key.Left)).ThenBy(group => order.IndexOf(group.Key.Right))
                .First().Key;
            words = words.ConvertAll(word => Join(word, left, right));
            if (!order.Contains(left + right))
                order.Add(left + right);
            if (!learnt.Contains($"{left} {right}"))
                learnt.Add($"{left} {right}");
        }

        return learnt;
    }

    // A space goes with the word after it; runs of punctuation are words.
    private static IEnumerable<List<string>> Words(string text) => WordPattern()
        .Matches(("▁" + CanonicalComposition.Normalize(text)).Replace(' ', '▁'))
        .Select(match => match.Value.EnumerateRunes().Select(rune => rune.ToString()).ToList());

    private static IEnumerable<(string Left, string Right)> Pairs(List<string> word) => word.Zip(word.Skip(1));

    private static List<string> Join(List<string> word, string left, string right)
    {
        List<string> joined = [];
        for (var i = 0; i < word.Count; i++)
        {
            if (i + 1 < word.Count && word[i] == left && word[i + 1] == right)
                joined.Add(word[i] + word[++i]);
            else
                joined.Add(word[i]);
        }

        return joined;
    }

    [GeneratedRegex(@"▁[^▁\p{P}]*|[^▁\p{P}]+|\p{P}+")]
    private static partial Regex WordPattern();
}
