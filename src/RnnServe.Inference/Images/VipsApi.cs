using System.Runtime.InteropServices;

namespace RnnServe.Inference.Images;

/// <summary>The functions of libvips' C API, and of the GLib inside it, that decoding needs. All take and return owned or
/// borrowed pointers as the C documentation says.</summary>
/// <remarks>Nothing may be called before <see cref="VipsLibrary.Load"/>.</remarks>
internal static unsafe partial class VipsApi
{
    internal const string Library = "vips";

    // Setup. Functions that fail return a number other than 0.
    [LibraryImport(Library, EntryPoint = "vips_init", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Init(string program);

    [LibraryImport(Library, EntryPoint = "vips_concurrency_set")]
    internal static partial void SetConcurrency(int threads);

    [LibraryImport(Library, EntryPoint = "vips_cache_set_max")]
    internal static partial void SetCachedOperations(int most);

    [LibraryImport(Library, EntryPoint = "vips_operation_block_set", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void SetBlocked(string operationClass, int blocked);

    [LibraryImport(Library, EntryPoint = "g_log_set_handler", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial uint SetLogHandler(
        string domain, int levels, delegate* unmanaged[Cdecl]<byte*, int, byte*, nint, void> handler, nint data);

    /// <summary>A copy of the messages of failures so far, of all threads, which are forgotten; free it with <see cref="Free"/>.</summary>
    [LibraryImport(Library, EntryPoint = "vips_error_buffer_copy")]
    internal static partial byte* TakeErrors();

    [LibraryImport(Library, EntryPoint = "g_free")]
    internal static partial void Free(void* memory);

    [LibraryImport(Library, EntryPoint = "g_object_unref")]
    internal static partial void Unref(nint instance);

    // Operations: made, given their arguments, built.
    [LibraryImport(Library, EntryPoint = "vips_operation_new", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint NewOperation(string name);

    [LibraryImport(Library, EntryPoint = "vips_object_set_argument_from_string", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetArgument(VipsHandle operation, string name, string value);

    [LibraryImport(Library, EntryPoint = "g_object_set_property", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void SetProperty(VipsHandle operation, string name, GValue* value);

    [LibraryImport(Library, EntryPoint = "g_object_get_property", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void GetProperty(VipsHandle operation, string name, GValue* value);

    /// <summary>0 when it fails; otherwise a reference to what has the results: this operation, or one like it from the cache.</summary>
    [LibraryImport(Library, EntryPoint = "vips_cache_operation_build")]
    internal static partial nint Build(VipsHandle operation);

    [LibraryImport(Library, EntryPoint = "vips_object_unref_outputs")]
    internal static partial void UnrefOutputs(VipsHandle operation);

    /// <summary>Bytes of pixels and the like that are allocated now.</summary>
    [LibraryImport(Library, EntryPoint = "vips_tracked_get_mem")]
    internal static partial nuint TrackedBytes();

    /// <summary>How many pieces of memory that is.</summary>
    [LibraryImport(Library, EntryPoint = "vips_tracked_get_allocs")]
    internal static partial int TrackedPieces();

    // Values of properties.
    [LibraryImport(Library, EntryPoint = "vips_image_get_type")]
    internal static partial nuint ImageType();

    [LibraryImport(Library, EntryPoint = "vips_blob_get_type")]
    internal static partial nuint BlobType();

    [LibraryImport(Library, EntryPoint = "g_value_init")]
    internal static partial GValue* InitValue(GValue* value, nuint type);

    [LibraryImport(Library, EntryPoint = "g_value_unset")]
    internal static partial void UnsetValue(GValue* value);

    [LibraryImport(Library, EntryPoint = "g_value_set_object")]
    internal static partial void SetObject(GValue* value, VipsHandle instance);

    /// <summary>The object with one more reference.</summary>
    [LibraryImport(Library, EntryPoint = "g_value_dup_object")]
    internal static partial nint DuplicateObject(GValue* value);

    /// <summary>The value owns the blob from then on.</summary>
    [LibraryImport(Library, EntryPoint = "g_value_take_boxed")]
    internal static partial void TakeBlob(GValue* value, nint blob);

    /// <summary>A view of memory, which it neither copies nor frees.</summary>
    [LibraryImport(Library, EntryPoint = "vips_blob_new")]
    internal static partial nint NewBlob(nint free, byte* data, nuint length);

    // Images.
    [LibraryImport(Library, EntryPoint = "vips_image_get_width")]
    internal static partial int Width(VipsHandle image);

    [LibraryImport(Library, EntryPoint = "vips_image_get_height")]
    internal static partial int Height(VipsHandle image);

    /// <summary>Whether EXIF's orientation lays the image on its side.</summary>
    [LibraryImport(Library, EntryPoint = "vips_image_get_orientation_swap")]
    internal static partial int LiesOnItsSide(VipsHandle image);

    /// <summary>The type of a piece of metadata; 0 when the image does not have it.</summary>
    [LibraryImport(Library, EntryPoint = "vips_image_get_typeof", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nuint MetadataType(VipsHandle image, string name);

    [LibraryImport(Library, EntryPoint = "vips_image_hasalpha")]
    internal static partial int HasAlpha(VipsHandle image);

    [LibraryImport(Library, EntryPoint = "vips_image_set_kill")]
    internal static partial void SetKill(VipsHandle image, int kill);

    /// <summary>Computes all pixels, bands innermost; null when that fails. Free it with <see cref="Free"/>.</summary>
    [LibraryImport(Library, EntryPoint = "vips_image_write_to_memory")]
    internal static partial byte* WriteToMemory(VipsHandle image, nuint* bytes);

    /// <summary>GLib's box for a value of any type; all zero is an empty one.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct GValue
    {
        private readonly nuint type;
        private readonly long first;
        private readonly long second;
    }
}
