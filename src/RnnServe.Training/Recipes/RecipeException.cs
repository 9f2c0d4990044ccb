namespace RnnServe.Training.Recipes;

/// <summary>A recipe that cannot be used; the message names the key, the value and what is allowed.</summary>
public sealed class RecipeException(string message, Exception? innerException = null) : Exception(message, innerException);
