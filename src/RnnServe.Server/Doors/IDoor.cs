using Microsoft.OpenApi;
using RnnServe.Server.Keys;

namespace RnnServe.Server.Doors;

/// <summary>Routes of another service, whose clients work with this server as they are.</summary>
internal interface IDoor
{
    /// <summary>Its chapter of the OpenAPI document.</summary>
    OpenApiTag Tag { get; }

    /// <summary>What the paths of its routes begin with; refusals there have the form that its clients read.</summary>
    IReadOnlyList<string> Paths { get; }

    /// <summary>How its clients send a key.</summary>
    KeyManners Keys => KeyManners.Usual;

    /// <summary>Whether the configuration switches it on.</summary>
    bool IsOpen(DoorsOptions doors);

    /// <summary>Adds its routes.</summary>
    void Map(IEndpointRouteBuilder app);
}
