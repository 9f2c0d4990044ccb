namespace RnnServe.Training.Kinds.Classify;

/// <summary>A tree in brackets whose nodes have labels: (3 (2 It) (4 (2 's) (4 lovely))).</summary>
internal static class LabelledTree
{
    /// <summary>The label and the tokens of every node, a node before its parts.</summary>
    /// <exception cref="FormatException">The brackets do not fit, or something is missing or left over.</exception>
    public static IReadOnlyList<(string Value, IReadOnlyList<string> Tokens)> Nodes(string tree)
    {
        var nodes = new List<(string Value, List<string> Tokens)>();
        int at = 0;
        Read([]);
        return at == tree.Length
            ? [.. nodes.Select(node => (node.Value, (IReadOnlyList<string>)node.Tokens))]
            : throw Fault("the end");

        // A word belongs to its own node and to all around it.
        void Read(IReadOnlyList<List<string>> around)
        {
            Take('(');
            var tokens = new List<string>();
            nodes.Add((Word("a label"), tokens));
            Take(' ');
            List<string>[] open = [.. around, tokens];
            if (at == tree.Length || tree[at] != '(')
            {
                string word = Word("a word");
                foreach (var list in open)
                    list.Add(word);
            }

            while (at < tree.Length && tree[at] is ' ' or '(')
            {
                if (tree[at] == ' ')
                    at++;
                Read(open);
            }

            Take(')');
        }

        string Word(string what)
        {
            int length = tree.AsSpan(at).IndexOfAny(' ', '(', ')');
            if (length <= 0)
                throw Fault(what);
            at += length;
            return tree.Substring(at - length, length);
        }

        void Take(char expected)
        {
            if (at == tree.Length || tree[at] != expected)
                throw Fault($"'{expected}'");
            at++;
        }

        FormatException Fault(string expected) => new(
            $"found {(at < tree.Length ? $"'{tree[at]}'" : "the end")} at character {at + 1} of a tree, expected {expected}.");
    }
}
