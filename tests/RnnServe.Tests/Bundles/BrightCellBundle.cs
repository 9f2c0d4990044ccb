namespace RnnServe.Tests.Bundles;

/// <summary>A caption bundle whose attention is known: it always looks at the bright cells of the image, 3 x 3 cells in all.</summary>
internal static class BrightCellBundle
{
    private const int End = 3;

    /// <summary>Creates <c>folder/name/1</c>.</summary>
    /// <returns>The version's folder.</returns>
    public static string Create(string folder, string name)
    {
        string bundle = TinyCaptionBundle.Create(folder, name);
        WriteEncoder(Path.Combine(bundle, "encoder.onnx"));
        WriteDecoder(Path.Combine(bundle, "decoder.onnx"));
        TinyBundle.Rehash(bundle);
        TinyBundle.Edit(bundle, manifest => manifest with { Canary = null });
        return bundle;
    }

    /// <summary>Every number of a cell's key is the sum of its pixels.</summary>
    private static void WriteEncoder(string path)
    {
        const int cell = TinyCaptionBundle.Size / TinyCaptionBundle.Rows;
        var graph = new TinyGraph("encoder", seed: 5).Input("image", 1, "B", 3, TinyCaptionBundle.Size, TinyCaptionBundle.Size);
        float[] ones = [.. Enumerable.Repeat(0.01f, TinyBundle.Key * 3 * cell * cell)];
        graph.Node("Conv", "grid", "image", graph.Weights("w_grid", ones, TinyBundle.Key, 3, cell, cell));
        graph.With("strides", cell, cell);
        graph.Node("Reshape", "columns", "grid", graph.Integers("shape", 0, TinyBundle.Key, -1));
        graph.Node("Transpose", "keys", "columns");
        graph.With("perm", 0, 2, 1);
        graph.Node("MatMul", "memory", "keys", graph.Weights("w_memory", 1f, TinyBundle.Key, TinyBundle.Memory));
        graph.Node("ReduceMean", "mean", "memory");
        graph.With("axes", values: 1).With("keepdims", 0);
        graph.Node("MatMul", "first", "mean", graph.Weights("w_state", 1f, TinyBundle.Memory, TinyBundle.State));
        graph.Node("Tanh", "state_0", "first");
        graph.Node("MatMul", "trace_0", "mean", graph.Weights("w_trace", new float[TinyBundle.Memory * TinyBundle.Trace], TinyBundle.Memory, TinyBundle.Trace));
        graph.Output("memory", "B", "S", TinyBundle.Memory).Output("keys", "B", "S", TinyBundle.Key);
        graph.Output("state_0", "B", TinyBundle.State).Output("trace_0", "B", TinyBundle.Trace).Save(path);
    }

    /// <summary>The attention is the softmax of the keys' sums, whatever the state.</summary>
    private static void WriteDecoder(string path)
    {
        var graph = new TinyGraph("decoder", seed: 6).Input("token", 7, "N").Input("state", 1, "N", TinyBundle.State).Input("trace", 1, "N", TinyBundle.Trace);
        graph.Input("memory", 1, "B", "S", TinyBundle.Memory).Input("keys", 1, "B", "S", TinyBundle.Key).Input("mask", 1, "B", "S");
        graph.Node("Gather", "from_token", graph.Weights("embedding", 1f, TinyBundle.VocabularySize, TinyBundle.State), "token");
        graph.Node("Add", "sum", "from_token", "state");
        graph.Node("Tanh", "state_next", "sum");
        graph.Node("Add", "trace_next", "trace", graph.Weights("step", [1f, 0, 0, 0], TinyBundle.Trace));

        graph.Node("MatMul", "nothing", "state_next", graph.Weights("zeros", new float[TinyBundle.State], TinyBundle.State, 1));
        graph.Node("Shape", "key_shape", "keys");
        graph.Node("Gather", "sentences", "key_shape", graph.Integers("zero", 0));
        graph.Node("Gather", "positions", "key_shape", graph.Integers("one", 1));
        graph.Node("Concat", "by_sentence", "sentences", graph.Integers("rest", -1), "one");
        graph.With("axis", 0);
        graph.Node("Reshape", "nothing3", "nothing", "by_sentence");
        graph.Node("ReduceSum", "sums", "keys", graph.Integers("two", 2));
        graph.With("keepdims", 0);
        graph.Node("Add", "masked", "sums", "mask");
        graph.Node("Unsqueeze", "masked3", "masked", "one");
        graph.Node("Add", "energy", "masked3", "nothing3");
        graph.Node("Softmax", "weights", "energy");
        graph.With("axis", -1);
        graph.Node("Concat", "by_row", "rest", "positions");
        graph.With("axis", 0);
        graph.Node("Reshape", "attention", "weights", "by_row");

        // The first number of the trace counts tokens: the end becomes likely with the fourth.
        graph.Node("MatMul", "words", "state_next", graph.Weights("w_out", 1f, TinyBundle.State, TinyBundle.VocabularySize));
        float[] toEnd = new float[TinyBundle.Trace * TinyBundle.VocabularySize], bias = new float[TinyBundle.VocabularySize];
        (toEnd[End], bias[End]) = (10, -35);
        graph.Node("MatMul", "counted", "trace_next", graph.Weights("w_end", toEnd, TinyBundle.Trace, TinyBundle.VocabularySize));
        graph.Node("Add", "scores", "words", "counted");
        graph.Node("Add", "logits", "scores", graph.Weights("bias", bias, TinyBundle.VocabularySize));
        graph.Output("logits", "N", TinyBundle.VocabularySize).Output("state_next", "N", TinyBundle.State);
        graph.Output("trace_next", "N", TinyBundle.Trace).Output("attention", "N", "S").Save(path);
    }
}
