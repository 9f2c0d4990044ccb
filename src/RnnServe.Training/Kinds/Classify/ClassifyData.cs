using RnnServe.Inference.Text;
using RnnServe.Training.Data;
using RnnServe.Training.Loop;

namespace RnnServe.Training.Kinds.Classify;

/// <summary>Texts that are measured, as tokens.</summary>
/// <param name="Set">The texts with their labels.</param>
/// <param name="Encoded">Their tokens.</param>
/// <param name="Labels">Index of each text's label.</param>
internal sealed record JudgedTexts(LabelledSet Set, IReadOnlyList<TokenTarget> Encoded, IReadOnlyList<int> Labels);

/// <summary>Everything that a recipe's files give.</summary>
/// <param name="Tokenizer">Loaded or learnt.</param>
/// <param name="Batches">Training and validation texts as batches.</param>
/// <param name="Validation">The validation's texts.</param>
internal sealed record ClassifyData(Tokenizer Tokenizer, ClassifyBatches Batches, JudgedTexts Validation)
{
    /// <summary>Reads and tokenises the recipe's files.</summary>
    /// <param name="recipe">Its paths are absolute.</param>
    /// <param name="folder">Gets the tokenizer, or has it when a training is resumed.</param>
    /// <param name="resume">Whether the tokenizer is the one in the folder.</param>
    /// <param name="say">Told how much was read and left out.</param>
    /// <exception cref="InvalidDataException">A file is not as it should be.</exception>
    public static ClassifyData Load(ClassifyRecipe recipe, RunFolder folder, bool resume, Action<string> say)
    {
        var settings = recipe.Data;
        var read = settings.Train.SelectMany(path => LabelledCorpus.Read(path, settings.Phrases, settings.Words));
        LabelledText[] train = [.. Distinct(read)];
        string[] whole = [.. train.Where(text => !text.IsPhrase).Select(text => text.Text)];
        var tokenizer = resume ? Tokenizer.Load(folder.Tokenizer) : ClassifyTokenizer.Create(recipe.Tokenizer, whole);
        if (!resume)
            File.WriteAllBytes(folder.Tokenizer, tokenizer.ToJson());
        LostCharacters.Say(tokenizer, whole, "Training", say);

        var learnt = Encode(recipe, tokenizer, train);
        SayTraining(train, learnt, tokenizer, say);
        if (recipe.Labels.Where((_, i) => !learnt.Any(text => text.Target[i] > 0)).FirstOrDefault() is { } absent)
            throw new UserException($"No training text has the label \"{absent.Name}\" (in the data: {string.Join(", ", absent.Values)}).");

        var validation = Judged(recipe, tokenizer, recipe.Data.Validation);
        say($"Validation: {validation.Set.Texts.Count:N0} texts.");
        var batches = new ClassifyBatches(learnt, validation.Encoded)
        {
            BatchSentences = recipe.Training.BatchSentences,
            Seed = (ulong)recipe.Training.Seed,
            Pad = Tokenizers.SpecialTokensOf(tokenizer).Pad,
        };
        return new(tokenizer, batches, validation);
    }

    /// <summary>Reads texts that are measured: those with one label.</summary>
    /// <exception cref="UserException">There are none.</exception>
    public static JudgedTexts Judged(ClassifyRecipe recipe, Tokenizer tokenizer, string path)
    {
        var set = LabelledSet.Read(path, recipe.Labels, recipe.Data.Words);
        List<string> names = [.. set.Labels];
        int[] labels = [.. set.Right.Select(name => names.IndexOf(name))];
        return new(set, [.. set.Texts.Zip(labels, (text, label) => new TokenTarget(tokenizer.Encode(text), OneOf(recipe, label)))], labels);
    }

    /// <summary>Each phrase once, and none that is a whole text too.</summary>
    private static IEnumerable<LabelledText> Distinct(IEnumerable<LabelledText> texts)
    {
        var all = texts.ToList();
        var seen = all.Where(text => !text.IsPhrase).Select(text => text.Text).ToHashSet(StringComparer.Ordinal);
        return all.Where(text => !text.IsPhrase || seen.Add(text.Text));
    }

    private static TokenTarget[] Encode(ClassifyRecipe recipe, Tokenizer tokenizer, IEnumerable<LabelledText> texts) =>
    [
        .. texts.Select(text => (text.IsPhrase, Encoded: new TokenTarget(tokenizer.Encode(text.Text), Target(recipe, text))))
            .Where(text => text.Encoded.Target.Any(share => share > 0))
            .Where(text => text.Encoded.Tokens.Length > 0 && text.Encoded.Tokens.Length <= recipe.Training.MaxLength)
            .Select(text => text.IsPhrase ? Weighted(text.Encoded, recipe.Data.PhraseWeight) : text.Encoded),
    ];

    private static TokenTarget Weighted(TokenTarget text, double weight) =>
        text with { Target = [.. text.Target.Select(share => (float)(share * weight))] };

    private static float[] Target(ClassifyRecipe recipe, LabelledText text)
    {
        int labels = recipe.Labels.Count(label => label.Values.Contains(text.Value));
        return [.. recipe.Labels.Select(label => label.Values.Contains(text.Value) ? 1f / labels : 0)];
    }

    private static float[] OneOf(ClassifyRecipe recipe, int label) => [.. recipe.Labels.Select((_, i) => i == label ? 1f : 0)];

    private static void SayTraining(LabelledText[] read, TokenTarget[] learnt, Tokenizer tokenizer, Action<string> say)
    {
        int phrases = read.Count(text => text.IsPhrase);
        say($"Training: {read.Length - phrases:N0} texts and {phrases:N0} phrases; learnt from are {learnt.Length:N0} of them, with "
            + $"{learnt.Sum(text => (long)text.Tokens.Length):N0} tokens of {tokenizer.VocabularySize:N0}; left out: "
            + $"{read.Length - learnt.Length:N0} that are empty, without one of the labels, or longer than training.maxLength.");
    }
}
