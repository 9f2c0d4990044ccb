using RnnServe.OnnxRuntime;

namespace RnnServe.Inference.Models;

/// <summary>The tensors that a graph must have. A size of -1 is any size and must be left open by the graph.</summary>
internal static class TensorContract
{
    /// <exception cref="ModelBundleException">The encoder's tensors are not the manifest's.</exception>
    public static void CheckEncoder(string file, Session session, DecoderManifest decoder)
    {
        Check(file, "input", session.Inputs, [Long(TensorNames.Source, -1, -1), Float(TensorNames.SourceMask, -1, -1)]);
        Check(file, "output", session.Outputs,
        [
            .. decoder.Attention
                ? [Float(TensorNames.Memory, -1, -1, decoder.MemorySize), Float(TensorNames.Keys, -1, -1, decoder.KeySize)]
                : Array.Empty<ValueInfo>(),
            .. decoder.States.Select(s => Float(TensorNames.First(s.Name), -1, s.Size)),
        ]);
    }

    /// <exception cref="ModelBundleException">The decoder's tensors are not the manifest's.</exception>
    public static void CheckDecoder(string file, Session session, DecoderManifest decoder)
    {
        Check(file, "input", session.Inputs,
        [
            Long(TensorNames.Token, -1),
            .. decoder.States.Select(s => Float(s.Name, -1, s.Size)),
            .. decoder.Attention
                ?
                [
                    Float(TensorNames.Memory, -1, -1, decoder.MemorySize),
                    Float(TensorNames.Keys, -1, -1, decoder.KeySize),
                    Float(TensorNames.Mask, -1, -1),
                ]
                : Array.Empty<ValueInfo>(),
        ]);
        Check(file, "output", session.Outputs,
        [
            Float(TensorNames.Logits, -1, decoder.VocabularySize),
            .. decoder.States.Select(s => Float(TensorNames.Next(s.Name), -1, s.Size)),
            .. decoder.Attention ? [Float(TensorNames.Attention, -1, -1)] : Array.Empty<ValueInfo>(),
        ]);
    }

    private static void Check(string file, string side, IReadOnlyList<ValueInfo> found, ValueInfo[] expected)
    {
        foreach (var tensor in expected)
        {
            var match = found.FirstOrDefault(f => f.Name == tensor.Name)
                ?? throw new ModelBundleException(file, $"{side} '{tensor.Name}'", $"only {Names(found)}", $"a tensor {Describe(tensor)}");
            if (match.Type != tensor.Type || !match.Shape.SequenceEqual(tensor.Shape))
                throw new ModelBundleException(file, $"{side} '{tensor.Name}'", Describe(match), Describe(tensor));
        }

        foreach (var extra in found)
        {
            if (!expected.Any(e => e.Name == extra.Name))
                throw new ModelBundleException(file, $"{side} '{extra.Name}'", "a tensor that nothing is known about", Names(expected));
        }
    }

    private static string Describe(ValueInfo tensor) =>
        $"{tensor.Type} [{string.Join(", ", tensor.Shape.Select(size => size < 0 ? "any" : $"{size}"))}]";

    private static string Names(IEnumerable<ValueInfo> tensors) => string.Join(", ", tensors.Select(t => $"'{t.Name}'"));

    private static ValueInfo Float(string name, params long[] shape) => new(name, ElementType.Float, shape, new string?[shape.Length]);

    private static ValueInfo Long(string name, params long[] shape) => new(name, ElementType.Int64, shape, new string?[shape.Length]);
}
