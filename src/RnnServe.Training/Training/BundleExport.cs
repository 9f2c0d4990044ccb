using RnnServe.Training.Recipes;

namespace RnnServe.Training;

/// <summary>Turns a training's best weights into a bundle, which appears complete or not at all.</summary>
/// <param name="recipe">The recipe of the training.</param>
/// <param name="folder">The training's folder, with its tokenizers and weights.</param>
/// <param name="models">Folder of all bundles; the new one becomes the next version under the recipe's name.</param>
/// <param name="say">Told what was done and measured.</param>
/// <returns>The new version's folder.</returns>
internal delegate string BundleExport(TranslationRecipe recipe, RunFolder folder, string models, Action<string> say);
