namespace RnnServe.Inference.Images;

/// <summary>A file format that is decoded: those that libvips' loaders are unblocked for, and nothing else.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Loader">libvips' operation that reads it from memory.</param>
/// <param name="LoaderClass">libvips' class of that operation.</param>
/// <param name="Domain">Part of the names of the functions that read it, in libvips' messages.</param>
internal sealed record ImageType(string Name, string Loader, string LoaderClass, string Domain)
{
    public static readonly ImageType Jpeg = new("JPEG", "jpegload_source", "VipsForeignLoadJpeg", "jpeg");
    public static readonly ImageType Png = new("PNG", "pngload_source", "VipsForeignLoadPng", "png");
    public static readonly ImageType WebP = new("WebP", "webpload_source", "VipsForeignLoadWebp", "webp");
    public static readonly ImageType Gif = new("GIF", "gifload_source", "VipsForeignLoadNsgif", "gif");

    public static readonly IReadOnlyList<ImageType> All = [Jpeg, Png, WebP, Gif];

    /// <summary>The type that the first bytes say, whatever the file is called; null when they are of none.</summary>
    public static ImageType? Of(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])) return Jpeg;
        if (file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A])) return Png;
        if (file.StartsWith("RIFF"u8) && file.Length >= 12 && file[8..].StartsWith("WEBP"u8)) return WebP;
        if (file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8)) return Gif;
        return null;
    }
}
