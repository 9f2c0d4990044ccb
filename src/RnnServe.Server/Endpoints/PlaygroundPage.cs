using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace RnnServe.Server.Endpoints;

/// <summary>GET /: a page to try the models in. Its files are in the program, and it asks nobody but this server.</summary>
internal static class PlaygroundPage
{
    private const string Folder = "playground/", Page = "index.html";

    /// <summary>Only the program's own files run, and only this server is asked; a shown photo is in the browser's memory.</summary>
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly Assembly Program = typeof(PlaygroundPage).Assembly;

    public static void MapPlayground(this IEndpointRouteBuilder app)
    {
        foreach (string name in Program.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)))
        {
            byte[] file = Read(name);
            var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(file))[..16]}\"");
            app.MapGet(name == Folder + Page ? "/" : "/" + name, (HttpResponse response) => Answer(response, file, TypeOf(name), tag))
                .ExcludeFromDescription()
                .AllowAnonymous();
        }
    }

    private static FileContentHttpResult Answer(HttpResponse response, byte[] file, string type, EntityTagHeaderValue tag)
    {
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.CacheControl = "no-cache";     // asked for again, and answered 304 while the program is the same
        return TypedResults.Bytes(file, type, entityTag: tag);
    }

    private static byte[] Read(string name)
    {
        using var stream = Program.GetManifestResourceStream(name)!;
        byte[] file = new byte[stream.Length];
        stream.ReadExactly(file);
        return file;
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        var extension => $"image/{(extension == ".jpg" ? "jpeg" : extension[1..])}",
    };
}
