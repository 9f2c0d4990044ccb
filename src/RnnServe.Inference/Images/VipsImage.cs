namespace RnnServe.Inference.Images;

/// <summary>An image of libvips: a recipe for pixels, computed by <see cref="CopyTo"/>.</summary>
internal sealed unsafe class VipsImage(nint instance) : VipsHandle(instance)
{
    public int Width => VipsApi.Width(this);

    public int Height => VipsApi.Height(this);

    public bool HasAlpha => VipsApi.HasAlpha(this) != 0;

    /// <summary>Whether it carries a colour profile.</summary>
    public bool HasProfile => VipsApi.MetadataType(this, "icc-profile-data") != 0;

    /// <summary>Whether the file is a progressive JPEG or an interlaced PNG.</summary>
    public bool IsInterlaced => VipsApi.MetadataType(this, "interlaced") != 0;

    /// <summary>Whether what the file calls its width is the height of the upright image, by EXIF's orientation.</summary>
    public bool LiesOnItsSide => VipsApi.LiesOnItsSide(this) != 0;

    /// <summary>Opens a file in memory, of which only the header is read.</summary>
    /// <param name="loader">The operation that reads its type.</param>
    /// <param name="data">The file; it must stay in place while the image and all made from it are used.</param>
    /// <param name="length">Bytes of the file.</param>
    /// <param name="options">Further arguments of the loader.</param>
    /// <exception cref="VipsException">The header is damaged.</exception>
    public static VipsImage Load(string loader, byte* data, int length, params ReadOnlySpan<(string Name, string Value)> options)
    {
        using var operation = new VipsOperation(loader);
        operation.With("buffer", data, length);
        foreach (var (name, value) in options)
            operation.With(name, value);
        return operation.RunToImage();
    }

    /// <summary>The image after an operation whose input is called "in".</summary>
    /// <exception cref="VipsException">It fails.</exception>
    public VipsImage Then(string name, params ReadOnlySpan<(string Name, string Value)> options)
    {
        using var operation = new VipsOperation(name);
        operation.With("in", this);
        foreach (var (option, value) in options)
            operation.With(option, value);
        return operation.RunToImage();
    }

    /// <summary>Makes every computation that reads this image fail at its next rows; any thread may call it.</summary>
    public void Kill() => VipsApi.SetKill(this, 1);

    /// <summary>Computes the pixels: row by row, the bands of a pixel side by side.</summary>
    /// <exception cref="VipsException">The file is damaged, or the pixels are not as many bytes as there is room for.</exception>
    public void CopyTo(Span<byte> pixels)
    {
        nuint length;
        byte* memory = VipsApi.WriteToMemory(this, &length);
        if (memory is null) throw new VipsException(VipsError.Take());
        try
        {
            if (length != (nuint)pixels.Length)
                throw new VipsException($"libvips made {length} bytes instead of {pixels.Length}");
            new ReadOnlySpan<byte>(memory, pixels.Length).CopyTo(pixels);
        }
        finally
        {
            VipsApi.Free(memory);
        }
    }
}
