using RnnServe.Inference.Bundles;
using RnnServe.Server.Problems;

namespace RnnServe.Server.Requests;

/// <summary>Checks what only the picked model can say: its own limits may be narrower than the contract's.</summary>
internal static class ModelRules
{
    /// <exception cref="ApiException">400 with every refused field.</exception>
    public static void Check(SearchRequest request, ModelManifest manifest)
    {
        var errors = new Dictionary<string, string[]>();
        var limits = manifest.Decoding.Limits;
        if (request.BeamSize > limits.BeamSize)
            Refuse("beamSize", $"{request.BeamSize}", $"an integer from 1 to {limits.BeamSize} for the model '{manifest.Name}'");

        if (request.MaxLength > limits.MaxLength)
            Refuse("maxLength", $"{request.MaxLength}", $"an integer from 1 to {limits.MaxLength} for the model '{manifest.Name}'");

        var beamSize = request.BeamSize ?? manifest.Decoding.BeamSize;
        if (request.Alternatives >= beamSize)
            Refuse("alternatives", $"{request.Alternatives}", $"an integer from 0 to {beamSize - 1}, because beamSize is {beamSize}");

        if (!manifest.Decoder.Attention && request.Includes("attention"))
            Refuse("include", "'attention'", $"tokens or timing: the model '{manifest.Name}' has no attention");

        if (!manifest.Decoder.Attention && request is TranslateRequest { CoveragePenalty: > 0 and var penalty })
            Refuse("coveragePenalty", $"{penalty}", $"0: the model '{manifest.Name}' has no attention");

        if (errors.Count > 0)
            throw ApiException.ForFields(errors);

        void Refuse(string field, string value, string allowed) => errors[field] = [Refusals.Wording(field, value, allowed)];
    }
}
