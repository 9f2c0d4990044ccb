namespace RnnServe.Inference.Search;

/// <summary>The tokens of all hypotheses of a search. Hypotheses share their beginnings, so each token is a node with a
/// parent.</summary>
/// <remarks>Arrays that grow, not objects: a step of the search allocates nothing unless they are full.</remarks>
/// <param name="width">Most hypotheses that grow at once.</param>
/// <param name="maxLength">Most tokens of one.</param>
internal sealed class HypothesisTree(int width, int maxLength)
{
    /// <summary>Steps after which the arrays grow for the first time: longer than most sentences.</summary>
    private const int UsualSteps = 32;

    /// <summary>The parent of a first token.</summary>
    public const int Root = -1;

    private int[] parents = new int[width * Math.Min(maxLength, UsualSteps)];
    private int[] tokens = new int[width * Math.Min(maxLength, UsualSteps)];
    private float[] logProbs = new float[width * Math.Min(maxLength, UsualSteps)];
    private float[]?[] attention = [];
    private int count;

    /// <summary>Adds a token.</summary>
    /// <param name="parent">The node before it, or <see cref="Root"/>.</param>
    /// <param name="token">The token.</param>
    /// <param name="logProb">Its natural-log probability.</param>
    /// <param name="attended">Its attention over the sentence's source tokens, shape [S]; null unless kept.</param>
    /// <returns>The node.</returns>
    public int Add(int parent, int token, float logProb, float[]? attended)
    {
        if (count == tokens.Length)
        {
            Array.Resize(ref parents, count * 2);
            Array.Resize(ref tokens, count * 2);
            Array.Resize(ref logProbs, count * 2);
        }

        if (attended is not null)
        {
            if (attention.Length < tokens.Length)
                Array.Resize(ref attention, tokens.Length);
            attention[count] = attended;
        }

        (parents[count], tokens[count], logProbs[count]) = (parent, token, logProb);
        return count++;
    }

    /// <summary>Gives its memory back, once no hypothesis is asked for any more: a request keeps its searches until the last is
    /// done.</summary>
    public void Release() => (parents, tokens, logProbs, attention) = ([], [], [], []);

    /// <summary>Fills a list with the tokens of the hypothesis that ends with a node.</summary>
    /// <param name="node">Its last token, or <see cref="Root"/>.</param>
    /// <param name="path">As long as the hypothesis.</param>
    public void TokensOf(int node, Span<int> path)
    {
        for (int place = path.Length - 1; place >= 0; place--, node = parents[node])
            path[place] = tokens[node];
    }

    /// <summary>The tokens that several hypotheses begin with.</summary>
    /// <param name="last">The node that each ends with; overwritten.</param>
    /// <param name="length">Tokens of each.</param>
    public int[] Shared(Span<int> last, int length)
    {
        while (length > 0 && last.ContainsAnyExcept(last[0]))
        {
            length--;
            foreach (ref int node in last)
                node = parents[node];
        }

        var shared = new int[length];
        TokensOf(last[0], shared);
        return shared;
    }

    /// <summary>The hypothesis that ends with a node.</summary>
    /// <param name="node">Its last token.</param>
    /// <param name="length">Its tokens.</param>
    public (int[] Tokens, float[] LogProbs, float[][]? Attention) Take(int node, int length)
    {
        var (foundTokens, foundLogProbs) = (new int[length], new float[length]);
        var attended = attention.Length > 0 ? new float[length][] : null;
        for (int place = length - 1; place >= 0; place--, node = parents[node])
        {
            foundTokens[place] = tokens[node];
            foundLogProbs[place] = logProbs[node];
            if (attended is not null)
                attended[place] = attention[node]!;
        }

        return (foundTokens, foundLogProbs, attended);
    }
}
