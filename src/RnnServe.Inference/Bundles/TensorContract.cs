using RnnServe.Inference.Onnx;

namespace RnnServe.Inference.Bundles;

/// <summary>The tensors that a graph must have.</summary>
internal static class TensorContract
{
    private static readonly Size Any = new(-1, MayBeOpen: true);

    /// <exception cref="ModelBundleException">The encoder's tensors are not the manifest's.</exception>
    public static void CheckEncoder(string file, Session session, ModelManifest manifest)
    {
        var decoder = manifest.Decoder;
        Expected[] inputs = [Long(TensorNames.Source, Any, Any), Float(TensorNames.SourceMask, Any, Any)];
        var positions = Any;
        if (manifest.Image is { } image)
        {
            // A graph that works for every size of image is as good as one for this size.
            var side = new Size(image.Size, MayBeOpen: true);
            inputs = [Float(TensorNames.Image, Any, 3, side, side)];
            positions = new Size(image.Cells, MayBeOpen: true);
        }

        Check(file, "input", session.Inputs, inputs);
        Check(file, "output", session.Outputs,
        [
            .. decoder.Attention
                ? [Float(TensorNames.Memory, Any, positions, decoder.MemorySize), Float(TensorNames.Keys, Any, positions, decoder.KeySize)]
                : Array.Empty<Expected>(),
            .. decoder.States.Select(s => Float(TensorNames.First(s.Name), Any, s.Size)),
        ]);
    }

    /// <exception cref="ModelBundleException">The decoder's tensors are not the manifest's.</exception>
    public static void CheckDecoder(string file, Session session, DecoderManifest decoder)
    {
        Check(file, "input", session.Inputs,
        [
            Long(TensorNames.Token, Any),
            .. decoder.States.Select(s => Float(s.Name, Any, s.Size)),
            .. decoder.Attention
                ?
                [
                    Float(TensorNames.Memory, Any, Any, decoder.MemorySize),
                    Float(TensorNames.Keys, Any, Any, decoder.KeySize),
                    Float(TensorNames.Mask, Any, Any),
                ]
                : Array.Empty<Expected>(),
        ]);
        Check(file, "output", session.Outputs,
        [
            Float(TensorNames.Logits, Any, decoder.VocabularySize),
            .. decoder.States.Select(s => Float(TensorNames.Next(s.Name), Any, s.Size)),
            .. decoder.Attention ? [Float(TensorNames.Attention, Any, Any)] : Array.Empty<Expected>(),
        ]);
    }

    private static void Check(string file, string side, IReadOnlyList<ValueInfo> found, Expected[] expected)
    {
        foreach (var tensor in expected)
        {
            var match = found.FirstOrDefault(f => f.Name == tensor.Name)
                ?? throw new ModelBundleException(
                    file, $"{side} '{tensor.Name}'", $"only {Names(found.Select(t => t.Name))}", $"a tensor {tensor}");
            if (!tensor.Accepts(match))
                throw new ModelBundleException(file, $"{side} '{tensor.Name}'", Describe(match), $"{tensor}");
        }

        foreach (var extra in found)
        {
            if (!expected.Any(e => e.Name == extra.Name))
            {
                throw new ModelBundleException(
                    file, $"{side} '{extra.Name}'", "a tensor that nothing is known about", Names(expected.Select(t => t.Name)));
            }
        }
    }

    private static string Describe(ValueInfo tensor) => Describe(tensor.Type, tensor.Shape.Select(size => size < 0 ? "any" : $"{size}"));

    private static string Describe(ElementType type, IEnumerable<string> sizes) => $"{type} [{string.Join(", ", sizes)}]";

    private static string Names(IEnumerable<string> tensors) => string.Join(", ", tensors.Select(name => $"'{name}'"));

    private static Expected Float(string name, params Size[] shape) => new(name, ElementType.Float, shape);

    private static Expected Long(string name, params Size[] shape) => new(name, ElementType.Int64, shape);

    /// <summary>One dimension.</summary>
    /// <param name="Value">Its size; -1 for any, which the graph must leave open.</param>
    /// <param name="MayBeOpen">Whether the graph may leave it open.</param>
    private readonly record struct Size(long Value, bool MayBeOpen)
    {
        public static implicit operator Size(int value) => new(value, MayBeOpen: false);

        public bool Accepts(long found) => found < 0 ? MayBeOpen : found == Value;

        public override string ToString() => Value < 0 ? "any" : MayBeOpen ? $"{Value} or any" : $"{Value}";
    }

    private sealed record Expected(string Name, ElementType Type, Size[] Shape)
    {
        public bool Accepts(ValueInfo found) =>
            found.Type == Type && found.Shape.Count == Shape.Length && found.Shape.Zip(Shape).All(pair => pair.Second.Accepts(pair.First));

        public override string ToString() => Describe(Type, Shape.Select(size => $"{size}"));
    }
}
