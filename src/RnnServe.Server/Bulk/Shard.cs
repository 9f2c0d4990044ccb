using System.CommandLine.Parsing;

namespace RnnServe.Server.Bulk;

/// <summary>One of several equal parts of an input, which follow one another.</summary>
/// <param name="Number">Which, from 1.</param>
/// <param name="Of">How many there are.</param>
internal readonly record struct Shard(int Number, int Of)
{
    private const string IndexVariable = "JOB_COMPLETION_INDEX";

    /// <summary>The only part.</summary>
    public static Shard Whole => new(1, 1);

    /// <summary>The items of this part.</summary>
    /// <param name="total">Number of all items.</param>
    public Range Items(int total) => (int)((long)total * (Number - 1) / Of)..(int)((long)total * Number / Of);

    /// <summary>Reads "3/8".</summary>
    public static Shard Parse(ArgumentResult argument)
    {
        string text = argument.Tokens[0].Value;
        string[] parts = text.Split('/');
        if (parts.Length == 2 && TryRead(parts[0], out int number) && TryRead(parts[1], out int of) && number <= of)
            return new(number, of);
        argument.AddError($"--shard is '{text}', but must be K/N with K from 1 to N, such as 3/8.");
        return default;
    }

    /// <summary>The part of a pod of Kubernetes' Indexed Job, which has its number, from 0, in its environment.</summary>
    /// <param name="of">How many parts there are.</param>
    /// <exception cref="BulkException">There is no such number.</exception>
    public static Shard OfIndexedJob(int of)
    {
        string? index = Environment.GetEnvironmentVariable(IndexVariable);
        return int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < of
            ? new(number + 1, of)
            : throw new BulkException(
                $"--shards is {of}, but {IndexVariable} is {(index is null ? "not set" : $"'{index}'")}; it must be from 0 to {of - 1}.");
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Number}/{Of}";

    private static bool TryRead(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;
}
