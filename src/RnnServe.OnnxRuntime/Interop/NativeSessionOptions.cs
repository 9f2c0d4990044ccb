namespace RnnServe.OnnxRuntime.Interop;

/// <summary>Turns <see cref="SessionOptions"/> into ONNX Runtime's own.</summary>
internal static unsafe class NativeSessionOptions
{
    internal static NativeHandle Create(SessionOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.IntraOpThreads, nameof(options));
        var native = NativeHandle.Create(&NativeApi.CreateSessionOptions, &NativeApi.ReleaseSessionOptions);
        try
        {
            SetThreads(native.Value, options);
            SetMemory(native.Value, options);
            NativeApi.Check(NativeApi.SetOptimizationLevel(native.Value, (int)options.Optimization));
            SetFiles(native.Value, options);
            return native;
        }
        catch
        {
            native.Dispose();
            throw;
        }
    }

    private static void SetThreads(nint native, SessionOptions options)
    {
        NativeApi.Check(NativeApi.SetInterOpThreads(native, 1));
        if (options.IntraOpThreads == 0)
        {
            NativeApi.Check(NativeApi.UseGlobalThreads(native));
            return;
        }

        NativeApi.Check(NativeApi.SetIntraOpThreads(native, options.IntraOpThreads));
        fixed (byte* key = "session.intra_op.allow_spinning"u8, value = options.Spinning ? "1"u8 : "0"u8)
            NativeApi.Check(NativeApi.AddSessionSetting(native, key, value));
    }

    private static void SetMemory(nint native, SessionOptions options)
    {
        NativeApi.Check(options.MemoryArena ? NativeApi.EnableMemoryArena(native) : NativeApi.DisableMemoryArena(native));

        // The arena grows in powers of two: weights in it would leave up to half of it empty for good.
        fixed (byte* key = "session.use_device_allocator_for_initializers"u8, value = "1"u8)
            NativeApi.Check(NativeApi.AddSessionSetting(native, key, value));
        NativeApi.Check(options.MemoryPattern ? NativeApi.EnableMemoryPattern(native) : NativeApi.DisableMemoryPattern(native));
    }

    private static void SetFiles(nint native, SessionOptions options)
    {
        if (options.OptimizedModelPath is { } model)
        {
            fixed (byte* path = NativeText.Path(model)) NativeApi.Check(NativeApi.SetOptimizedModelPath(native, path));
        }

        if (options.ProfilePrefix is { } profile)
        {
            fixed (byte* prefix = NativeText.Path(profile)) NativeApi.Check(NativeApi.EnableProfiling(native, prefix));
        }
    }
}
