namespace RnnServe.Server.Doors;

/// <summary>Paths of LibreTranslate's door with several slashes in front: npm's client libretranslate puts one behind the server's address,
/// which may end with one.</summary>
internal static class LibreTranslatePaths
{
    /// <summary>Makes one slash of them before the route is looked for. Other routes keep their one path, which rules of a proxy may be
    /// about.</summary>
    public static void UseLibreTranslatePaths(this IApplicationBuilder app)
    {
        var door = new LibreTranslateDoor();
        if (!door.IsOpen(app.ApplicationServices.GetRequiredService<IOptions<DoorsOptions>>().Value))
            return;
        app.Use((http, next) =>
        {
            if (http.Request.Path.Value is { } sent && sent.StartsWith("//", StringComparison.Ordinal))
            {
                var path = new PathString("/" + sent.TrimStart('/'));
                if (door.Paths.Any(one => path.StartsWithSegments(one, StringComparison.OrdinalIgnoreCase)))
                    http.Request.Path = path;
            }

            return next(http);
        });
    }
}
