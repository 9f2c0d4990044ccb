using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Microsoft.OpenApi;
using RnnServe.Inference.Bundles;
using RnnServe.Server.Catalog;
using RnnServe.Server.Search;

namespace RnnServe.Server.Kinds;

/// <summary>A kind of model as callers see it: what its folder has, <see cref="ServerKinds"/> puts into the server.</summary>
internal interface IServerKind
{
    /// <summary>What the catalog knows of it.</summary>
    ModelKind Model { get; }

    /// <summary>Its chapter of the OpenAPI document.</summary>
    OpenApiTag Tag { get; }

    /// <summary>The JSON of its requests and answers.</summary>
    IJsonTypeInfoResolver Json { get; }

    /// <summary>Adds what it offers to other kinds.</summary>
    void AddServices(IServiceCollection services)
    {
    }

    /// <summary>Adds its routes.</summary>
    void Map(IEndpointRouteBuilder v1);

    /// <summary>Its work from the command line; null for none.</summary>
    Command? Command => null;

    /// <summary>What GET /v1/models shows of a model's search; null for a kind that has none.</summary>
    DecodingBody? Decoding(ModelManifest manifest);
}
