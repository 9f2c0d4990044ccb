using System.Globalization;
using RnnServe.Inference.Bundles;
using RnnServe.Server.Catalog;
using RnnServe.Server.Requests;

namespace RnnServe.Server.Endpoints;

/// <summary>What callers see of a catalog entry.</summary>
internal static class ModelBodies
{
    public static ModelBody Of(CatalogEntry entry)
    {
        var manifest = entry.Manifest;
        return new ModelBody
        {
            Name = entry.Name,
            Version = entry.Version?.ToString(CultureInfo.InvariantCulture),
            State = entry.State switch { ModelState.Ready => "ready", ModelState.Failed => "failed", _ => "loading" },
            Reason = entry.Reason,
            Task = manifest?.Task,
            Languages = manifest is null ? null : new() { Source = manifest.Languages.Source, Target = manifest.Languages.Target },
            Description = manifest?.Description,
            Licence = manifest?.Licence,
            Precision = entry.Model?.Sessions.Precision,
            Decoding = manifest is null ? null : Decoding(manifest),
            Metrics = manifest?.Metrics.Select(m => new MetricBody { DataSet = m.DataSet, Method = m.Method, Value = m.Value }).ToList(),
            Bytes = manifest?.Files.Sum(f => f.Bytes),
            Files = manifest?.Files.Select(f => new FileBody { Path = f.Path, Sha256 = f.Sha256, Bytes = f.Bytes }).ToList(),
        };
    }

    private static DecodingBody Decoding(ModelManifest manifest)
    {
        var decoding = manifest.Decoding;
        bool text = manifest.Task == ModelTask.Translate;
        return new DecodingBody
        {
            BeamSize = decoding.BeamSize,
            // As it was written: 1.4, not the nearest float in 17 digits.
            LengthPenalty = (double)(decimal)decoding.LengthPenalty,
            CoveragePenalty = text ? decoding.CoveragePenalty : null,
            MaxLength = decoding.MaxLength,
            // A bundle may allow more than the API does.
            Limits = new LimitsBody
            {
                BeamSize = Math.Min(decoding.Limits.BeamSize, SearchRequest.WidestBeam),
                MaxLength = Math.Min(decoding.Limits.MaxLength, SearchRequest.LongestOutput),
                SourceLength = text ? decoding.Limits.SourceLength : null,
            },
        };
    }
}
