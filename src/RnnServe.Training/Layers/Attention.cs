using RnnServe.Training.Graphs;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Layers;

/// <summary>Attention of decoder outputs over encoder memory. Additive: v · tanh(q W + k) (Bahdanau et al. 2015, arXiv:1409.0473); dot: q ·
/// m and general: q · (m W) (Luong et al. 2015, arXiv:1508.04025), where the product with W is done once per sentence and kept as
/// keys.</summary>
/// <param name="context">Where the weights are declared.</param>
/// <param name="name">Prefix of the weights' names.</param>
/// <param name="kind">How scores are computed; not None.</param>
/// <param name="keySize">Size of the keys, A: the query's size for general attention, the memory's for dot attention.</param>
internal sealed class Attention(LayerContext context, string name, AttentionKind kind, int keySize)
{
    /// <summary>Memory [B, S, M] as keys [B, S, A], once per sentence.</summary>
    public Value Keys(Value memory) => kind == AttentionKind.Dot
        ? memory
        : context.Linear($"{name}.keys", memory, keySize, bias: kind == AttentionKind.Additive);

    /// <summary>Looks at the memory with each query.</summary>
    /// <param name="query">[B, T, Q]: T decoder steps in training, T beams in search.</param>
    /// <param name="memory">[B, S, M].</param>
    /// <param name="keys">[B, S, A].</param>
    /// <param name="mask">[B, S]: 0 for a token, -1e9 for padding; null: no padding.</param>
    /// <returns>Contexts [B, T, M] and weights [B, T, S], which sum to 1 over S.</returns>
    public (Value Context, Value Weights) Over(Value query, Value memory, Value keys, Value? mask)
    {
        var scores = kind == AttentionKind.Additive ? Additive(query, keys) : query.MatMul(keys.SwapLast());
        var weights = (mask is null ? scores : scores + mask.Unsqueeze(1)).Softmax();
        return (weights.MatMul(memory), weights);
    }

    private Value Additive(Value query, Value keys)
    {
        var projected = context.Linear($"{name}.query", query, keySize, bias: false).Unsqueeze(2);
        var energies = (projected + keys.Unsqueeze(1)).Tanh();
        return energies.MatMul(context.Parameter($"{name}.energy", Initialization.Glorot(), keySize, 1)).Squeeze(-1);
    }
}
