using RnnServe.Training.Graphs;
using RnnServe.Training.Layers;

namespace RnnServe.Training.Kinds.Classify;

/// <summary>Numbers of tokens and of labels.</summary>
internal readonly record struct ClassifySizes(int Vocabulary, int Labels);

/// <summary>A recurrent network that reads a text and has one output for each label.</summary>
internal sealed class ClassifyNetwork(
    LayerContext context, ClassifyModelSettings model, ClassifyDropoutSettings dropout, ClassifySizes sizes)
{
    private const double Nothing = 1e9;             // taken from the score of padding: its weight becomes 0

    /// <summary>Classifies texts.</summary>
    /// <param name="source">int64 [B, S].</param>
    /// <param name="mask">[B, S], 1 = token, 0 = padding behind the tokens.</param>
    /// <returns>Logits [B, L]; how much each token counted, [B, S], with a sum of 1, or null without attention.</returns>
    public (Value Logits, Value? Attention) Classify(Value source, Value mask)
    {
        var timeMask = mask.Transpose(1, 0).Unsqueeze(-1);
        var table = context.EmbeddingTable("embedding", sizes.Vocabulary, model.Embedding);
        var x = table.Gather(source.Transpose(1, 0)) * context.Dropout(timeMask, dropout.Tokens);
        x = context.Dropout(x, dropout.Embedding);
        Value last = x;
        for (int layer = 0; layer < model.Layers; layer++)
            (x, last) = Layer(layer, layer == 0 ? x : context.Dropout(x, dropout.Layers), timeMask);

        var (pooled, attention) = model.Pooling == Pooling.Last ? (last, null) : Pool(x.Transpose(1, 0, 2), mask);
        return (context.Linear("output", context.Dropout(pooled, dropout.Output), sizes.Labels), attention);
    }

    /// <summary>Outputs [S, B, M] and last states [B, M] of a layer.</summary>
    private (Value Outputs, Value Last) Layer(int layer, Value x, Value mask)
    {
        var (forward, ahead) = Over("forward", reversed: false);
        if (!model.Bidirectional)
            return (forward, ahead);
        var (backward, back) = Over("backward", reversed: true);
        return (Ops.Concat(-1, forward, backward), Ops.Concat(-1, ahead, back));

        (Value, Value) Over(string direction, bool reversed)
        {
            var recurrence = new Recurrence(context, $"encoder.{layer}.{direction}", model.Cell, model.Hidden);
            var (outputs, states) = recurrence.Over(x, mask: mask, reversed: reversed);
            return (outputs, states[0]);
        }
    }

    /// <summary>Outputs [B, S, M] as one vector [B, M].</summary>
    private (Value Pooled, Value? Attention) Pool(Value outputs, Value mask)
    {
        if (model.Pooling == Pooling.Mean)
        {
            var weight = mask.Unsqueeze(-1);
            return ((outputs * weight).Sum(false, 1) / weight.Sum(false, 1), null);
        }

        var energy = context.Linear("attention.keys", outputs, model.AttentionSize).Tanh();
        var scores = context.Linear("attention.energy", energy, 1, bias: false).Squeeze(-1);
        var attention = (scores + ((mask + -1) * Nothing)).Softmax();
        return (attention.Unsqueeze(1).MatMul(outputs).Squeeze(1), attention);
    }
}
