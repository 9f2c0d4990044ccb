namespace RnnServe.Training.Graphs;

/// <summary>Orders of the nodes that a set of values needs.</summary>
internal static class Topology
{
    /// <summary>Every node that the outputs need, producers before consumers, in an order that depends on the graph alone.</summary>
    /// <param name="outputs">Where the walk starts.</param>
    /// <param name="inside">Which nodes to enter; null: all.</param>
    public static List<Node> Order(IEnumerable<Value> outputs, Func<Node, bool>? inside = null)
    {
        var order = new List<Node>();
        var seen = new HashSet<Node>();
        var stack = new Stack<(Node Node, IEnumerator<Value> Next)>();

        // Graphs are thousands of nodes deep when unrolled: no recursion.
        foreach (var output in outputs)
        {
            Enter(output);
            while (stack.TryPeek(out var top))
            {
                if (top.Next.MoveNext())
                {
                    Enter(top.Next.Current);
                    continue;
                }

                order.Add(stack.Pop().Node);
            }
        }

        return order;

        void Enter(Value value)
        {
            if (value.Producer is { } node && (inside is null || inside(node)) && seen.Add(node))
                stack.Push((node, node.Dependencies.GetEnumerator()));
        }
    }

    /// <summary>The nodes among <paramref name="order"/> that depend on one of the values.</summary>
    public static HashSet<Value> DependentsOf(IEnumerable<Value> values, IReadOnlyList<Node> order)
    {
        var dependents = new HashSet<Value>(values);
        foreach (var node in order)
        {
            if (node.Dependencies.Any(dependents.Contains))
                dependents.UnionWith(node.Outputs);
        }

        return dependents;
    }
}
