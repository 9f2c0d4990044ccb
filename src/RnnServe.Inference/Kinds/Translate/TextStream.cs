using RnnServe.Inference.Search;

namespace RnnServe.Inference.Kinds.Translate;

/// <summary>Tells the translation of a text as it grows, from its first sentence on.</summary>
/// <param name="text">The text's parts.</param>
/// <param name="builder">Makes text of tokens.</param>
/// <param name="write">Gets the pieces. All of them together are the translation.</param>
internal sealed class TextStream(SourceText text, TranslationBuilder builder, Action<string> write)
{
    private readonly Lock gate = new();
    private readonly GrowingText growing = new(write);
    private readonly (int[] Tokens, bool Ended)[] known = [.. text.Sentences.Select(_ => ((int[])[], false))];
    private int part;
    private int sentence;

    /// <summary>Says what a sentence's translation begins with.</summary>
    /// <param name="number">The sentence's.</param>
    /// <param name="tokens">The beginning.</param>
    /// <param name="ended">Whether that is all of it.</param>
    public void Tell(int number, int[] tokens, bool ended)
    {
        lock (gate)
        {
            known[number] = (tokens, ended);
            if (number == sentence)
                Write();
        }
    }

    /// <summary>Tells what is left when all sentences have ended.</summary>
    public void End()
    {
        lock (gate)
            Write();
    }

    private void Write()
    {
        for (; part < text.Parts.Count; part++, growing.Next())
        {
            var now = text.Parts[part];
            if (now.Tokens is null)
            {
                growing.Tell(now.Text);
                continue;
            }

            var (tokens, ended) = known[sentence];
            growing.Tell(ended ? builder.Text(now, tokens) : builder.Beginning(now, tokens));
            if (!ended)
                return;
            sentence++;
        }
    }
}
