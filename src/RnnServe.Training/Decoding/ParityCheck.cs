using Google.Protobuf;
using RnnServe.Inference.Bundles;
using RnnServe.Inference.Onnx;
using RnnServe.Training.Data;
using RnnServe.Training.Graphs;
using RnnServe.Training.Optimizers;

namespace RnnServe.Training.Decoding;

/// <summary>Compares every logit of the exported graphs, run step by step, with the training graph's, run over whole sequences.</summary>
internal sealed class ParityCheck : IDisposable
{
    /// <summary>Greatest difference of a logit that an export may have.</summary>
    public const double Tolerance = 1e-4;

    private readonly Session reference;
    private readonly Session encoder;
    private readonly Session decoder;
    private readonly ParameterSet weights;

    /// <param name="loss">The training graph, without dropout.</param>
    /// <param name="weights">Its weights, already rounded to what the export stores.</param>
    /// <param name="graphs">The export.</param>
    public ParityCheck(SequenceLoss loss, ParameterSet weights, ExportedGraphs graphs)
    {
        this.weights = weights;
        Value[] inputs = [.. loss.Inputs, .. loss.Context.Parameters.Select(p => p.Value)];
        reference = new(OnnxWriter.Write("reference", inputs, [("logits", loss.Logits)]).ToByteArray());
        encoder = new(graphs.Encoder, PackageFiles.Folder);
        decoder = new(graphs.Decoder);
    }

    /// <summary>The greatest difference over the batch's target tokens.</summary>
    /// <param name="batch">Inputs of the training graph and of the exported encoder, row by row of the same sentences.</param>
    /// <exception cref="UserException">It is above the tolerance, or not a number.</exception>
    public double Verify(Batch batch)
    {
        double greatest = GreatestDifference(batch);
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
        using var mask = AttentionMask(batch, memory);
        int length = (int)batch.Inputs["target_in"].Shape[1];
        var (before, greatest) = (memory, 0.0);
        for (int position = 0; position < length; position++)
        {
            using var token = Column(batch.Inputs["target_in"], position);
            var after = Run(decoder, i => i switch
            {
                "token" => token,
                "mask" => mask!,
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
        int length = (int)targetMask.Shape[1];
        double greatest = 0.0;
        for (int sentence = 0; sentence < sentences; sentence++)
        {
            if (targetMask.AsSpan<float>()[(sentence * length) + position] == 0)
                continue;
            var e = expected.AsSpan<float>().Slice(((position * sentences) + sentence) * vocabulary, vocabulary);
            var f = found.AsSpan<float>().Slice(sentence * vocabulary, vocabulary);
            for (int i = 0; i < vocabulary; i++)
            {
                float difference = Math.Abs(e[i] - f[i]);
                greatest = float.IsNaN(difference) ? double.PositiveInfinity : Math.Max(greatest, difference);
            }
        }

        return greatest;
    }

    // Without a mask of the source every position counts: cells of a photo.
    private static Tensor? AttentionMask(Batch batch, Outputs memory)
    {
        if (batch.Inputs.TryGetValue("source_mask", out var sourceMask))
            return Tensor.Copy<float>([.. sourceMask.AsSpan<float>().ToArray().Select(m => m == 0 ? -1e9f : 0)], sourceMask.Shape);
        if (!memory.Has("memory"))
            return null;
        long[] shape = memory["memory"].Shape[..2].ToArray();
        return Tensor.Copy<float>(new float[shape[0] * shape[1]], shape);
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

        public bool Has(string name) => tensors.ContainsKey(name);

        public void Dispose()
        {
            foreach (var tensor in tensors.Values)
                tensor.Dispose();
        }
    }
}
