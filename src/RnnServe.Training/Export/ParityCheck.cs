using Google.Protobuf;
using RnnServe.OnnxRuntime;
using RnnServe.Training.Graphs;
using RnnServe.Training.Models;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Export;

/// <summary>Compares every logit of the exported graphs, run step by step, with the training graph's, run over whole sequences.</summary>
internal sealed class ParityCheck : IDisposable
{
    /// <summary>Greatest difference of a logit that an export may have.</summary>
    public const double Tolerance = 1e-4;

    private readonly Session reference;
    private readonly Session encoder;
    private readonly Session decoder;
    private readonly ParameterSet weights;

    /// <param name="recipe">The network.</param>
    /// <param name="vocabularies">Numbers of tokens.</param>
    /// <param name="weights">The weights of the training graph, already rounded to what the export stores.</param>
    /// <param name="graphs">The export.</param>
    public ParityCheck(TranslationRecipe recipe, VocabularySizes vocabularies, ParameterSet weights, ExportedGraphs graphs)
    {
        this.weights = weights;
        var loss = LossOfTranslation.Build(recipe, vocabularies, training: false);
        Value[] inputs = [.. loss.Inputs, .. loss.Context.Parameters.Select(p => p.Value)];
        reference = new(OnnxWriter.Write("reference", inputs, [("logits", loss.Logits)]).ToByteArray());
        encoder = new(graphs.Encoder);
        decoder = new(graphs.Decoder);
    }

    /// <summary>The greatest difference over the batch's target tokens.</summary>
    /// <exception cref="UserException">It is above the tolerance, or not a number.</exception>
    public double Verify(Batch batch)
    {
        var greatest = GreatestDifference(batch);
        return greatest <= Tolerance
            ? greatest
            : throw new UserException(
                $"The exported graphs differ from the training graph by {greatest:G3} in a logit; at most {Tolerance:G1} is allowed. "
                + "Nothing was exported.");
    }

    public void Dispose()
    {
        reference.Dispose();
        encoder.Dispose();
        decoder.Dispose();
    }

    private double GreatestDifference(Batch batch)
    {
        using var expected = Run(reference, i => batch.Inputs.GetValueOrDefault(i) ?? weights[i].Value);
        using var memory = Run(encoder, i => batch.Inputs[i]);
        using var mask = AttentionMask(batch.Inputs["source_mask"]);
        var length = (int)batch.Inputs["target_in"].Shape[1];
        var (before, greatest) = (memory, 0.0);
        for (var position = 0; position < length; position++)
        {
            using var token = Column(batch.Inputs["target_in"], position);
            var after = Run(decoder, i => i switch
            {
                "token" => token,
                "mask" => mask,
                "memory" or "keys" => memory[i],
                _ => before == memory ? memory[$"{i}_0"] : before[$"{i}_next"],
            });
            greatest = Math.Max(greatest, Difference(expected["logits"], after["logits"], batch.Inputs["target_mask"], position));
            if (before != memory)
                before.Dispose();
            before = after;
        }

        before.Dispose();
        return greatest;
    }

    // expected is [T × B, V], found [B, V].
    private static double Difference(Tensor expected, Tensor found, Tensor targetMask, int position)
    {
        var (sentences, vocabulary) = ((int)found.Shape[0], (int)found.Shape[1]);
        var length = (int)targetMask.Shape[1];
        var greatest = 0.0;
        for (var sentence = 0; sentence < sentences; sentence++)
        {
            if (targetMask.AsSpan<float>()[(sentence * length) + position] == 0)
                continue;
            var e = expected.AsSpan<float>().Slice(((position * sentences) + sentence) * vocabulary, vocabulary);
            var f = found.AsSpan<float>().Slice(sentence * vocabulary, vocabulary);
            for (var i = 0; i < vocabulary; i++)
            {
                var difference = Math.Abs(e[i] - f[i]);
                greatest = float.IsNaN(difference) ? double.PositiveInfinity : Math.Max(greatest, difference);
            }
        }

        return greatest;
    }

    private static Tensor AttentionMask(Tensor sourceMask)
    {
        float[] mask = [.. sourceMask.AsSpan<float>().ToArray().Select(m => m == 0 ? -1e9f : 0)];
        return Tensor.Copy<float>(mask, sourceMask.Shape);
    }

    private static Tensor Column(Tensor matrix, int column)
    {
        var (rows, columns) = ((int)matrix.Shape[0], (int)matrix.Shape[1]);
        return Tensor.Copy<long>([.. Enumerable.Range(0, rows).Select(row => matrix.AsSpan<long>()[(row * columns) + column])], rows);
    }

    private static Outputs Run(Session session, Func<string, Tensor> input)
    {
        var outputs = new Tensor?[session.Outputs.Count];
        session.Run([.. session.Inputs.Select(i => input(i.Name))], outputs);
        return new(session.Outputs.Zip(outputs).ToDictionary(o => o.First.Name, o => o.Second!));
    }

    /// <summary>The outputs of one run, by name: hundreds of megabytes in all, which the garbage collector would not notice.</summary>
    private sealed class Outputs(Dictionary<string, Tensor> tensors) : IDisposable
    {
        public Tensor this[string name] => tensors[name];

        public void Dispose()
        {
            foreach (var tensor in tensors.Values)
                tensor.Dispose();
        }
    }
}
