namespace RnnServe.Training.Recipes;

/// <summary>A recipe that cannot be used; the message names the key, the value and what is allowed.</summary>
public sealed class RecipeException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public RecipeException()
    {
    }

    /// <summary>Creates the exception with what is wrong.</summary>
    public RecipeException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with what is wrong and its cause.</summary>
    public RecipeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
