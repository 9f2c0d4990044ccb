namespace RnnServe.Inference.Images;

/// <summary>An operation of libvips by its name: made, given its arguments, run once.</summary>
internal sealed unsafe class VipsOperation : VipsHandle
{
    private readonly string name;

    /// <exception cref="ArgumentException">libvips has no such operation, or it is blocked.</exception>
    public VipsOperation(string name)
        : base(VipsApi.NewOperation(name))
    {
        this.name = name;
        if (IsInvalid) throw new ArgumentException($"libvips: {VipsError.Take()}", nameof(name));
    }

    /// <summary>Sets an argument from its text: a number, a nickname of an enumeration, or a list of numbers.</summary>
    public VipsOperation With(string argument, string value)
    {
        return VipsApi.SetArgument(this, argument, value) == 0
            ? this
            : throw new ArgumentException($"libvips refuses '{value}' as {argument} of {name}: {VipsError.Take()}", argument);
    }

    /// <summary>Sets an argument that is an image.</summary>
    public VipsOperation With(string argument, VipsImage image)
    {
        VipsApi.GValue value = default;
        VipsApi.InitValue(&value, VipsApi.ImageType());
        VipsApi.SetObject(&value, image);
        VipsApi.SetProperty(this, argument, &value);
        VipsApi.UnsetValue(&value);
        return this;
    }

    /// <summary>Sets an argument that is a block of memory, which must stay in place while any image made from it is used.</summary>
    public VipsOperation With(string argument, byte* data, int length)
    {
        VipsApi.GValue value = default;
        VipsApi.InitValue(&value, VipsApi.BlobType());
        VipsApi.TakeBlob(&value, VipsApi.NewBlob(0, data, (nuint)length));
        VipsApi.SetProperty(this, argument, &value);
        VipsApi.UnsetValue(&value);
        return this;
    }

    /// <summary>Runs an operation whose result is not an image.</summary>
    /// <exception cref="VipsException">It fails.</exception>
    public void Run()
    {
        using var built = Build();
        VipsApi.UnrefOutputs(built);
    }

    /// <summary>Runs the operation; its image computes pixels when they are asked for.</summary>
    /// <exception cref="VipsException">It fails.</exception>
    public VipsImage RunToImage()
    {
        using var built = Build();
        VipsApi.GValue value = default;
        VipsApi.InitValue(&value, VipsApi.ImageType());
        VipsApi.GetProperty(built, "out", &value);
        var image = new VipsImage(VipsApi.DuplicateObject(&value));
        VipsApi.UnsetValue(&value);
        VipsApi.UnrefOutputs(built);
        return image;
    }

    /// <summary>The operation that has the results.</summary>
    private VipsHandle Build()
    {
        nint built = VipsApi.Build(this);
        if (built != 0)
            return new VipsHandle(built);
        VipsApi.UnrefOutputs(this);
        throw new VipsException(VipsError.Take());
    }
}
