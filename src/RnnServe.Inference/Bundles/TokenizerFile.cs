using RnnServe.Inference.Text;

namespace RnnServe.Inference.Bundles;

/// <summary>A bundle's tokenizer.</summary>
internal static class TokenizerFile
{
    /// <param name="folder">The bundle's folder.</param>
    /// <param name="path">Inside it.</param>
    /// <param name="field">The manifest's field that has the number of tokens.</param>
    /// <param name="vocabularySize">That number.</param>
    /// <exception cref="ModelBundleException">It cannot be read, or has another number of tokens.</exception>
    public static Tokenizer Load(string folder, string path, string field, int vocabularySize)
    {
        Tokenizer tokenizer;
        try
        {
            tokenizer = Tokenizer.Parse(File.ReadAllBytes(Path.Combine(folder, path)));
        }
        catch (InvalidDataException error)
        {
            throw new ModelBundleException(path, "", error.Message.TrimEnd('.'), "a tokenizer that this program reads", error);
        }

        return tokenizer.VocabularySize == vocabularySize
            ? tokenizer
            : throw new ModelBundleException(path, field, $"{tokenizer.VocabularySize} tokens", $"{vocabularySize} tokens");
    }
}
