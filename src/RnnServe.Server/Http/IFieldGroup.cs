using System.Text.Json;

namespace RnnServe.Server.Http;

/// <summary>Fields of a request that are an object of their own.</summary>
internal interface IFieldGroup
{
    /// <summary>Fields that it does not have.</summary>
    Dictionary<string, JsonElement>? Unknown { get; }
}

/// <summary>A request some of whose fields are objects.</summary>
internal interface IGroupedFields
{
    /// <summary>Those that are given.</summary>
    IEnumerable<(string Name, IFieldGroup Fields)> Groups { get; }
}
