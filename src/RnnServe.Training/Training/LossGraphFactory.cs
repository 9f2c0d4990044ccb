using RnnServe.Training.Recipes;

namespace RnnServe.Training;

/// <summary>Number of tokens on each side.</summary>
internal readonly record struct VocabularySizes(int Source, int Target);

/// <summary>Builds the model that a recipe describes, its parameters initialised from the recipe's seed.</summary>
/// <param name="recipe">Cell, attention, sizes, dropout, label smoothing, threads and seed.</param>
/// <param name="vocabulary">Sizes of the embeddings and of the logits.</param>
internal delegate ILossGraph LossGraphFactory(TranslationRecipe recipe, VocabularySizes vocabulary);

/// <summary>Makes the scorer that writes translations during validation.</summary>
/// <param name="recipe">The search's defaults and the languages.</param>
/// <param name="data">Validation texts and tokenizers.</param>
/// <param name="folder">For files that the scorer needs.</param>
internal delegate IValidation ValidationFactory(TranslationRecipe recipe, Data.TranslationData data, RunFolder folder);
