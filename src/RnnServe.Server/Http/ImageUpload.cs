using RnnServe.Inference.Scheduling;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Http;

/// <summary>Images and fields of a body. Their room in memory is taken while they are read, and given back by disposing this.</summary>
internal sealed class ImageUpload(UploadBudget budget) : IDisposable
{
    private readonly List<ReadOnlyMemory<byte>> images = [];
    private readonly List<KeyValuePair<string, string>> fields = [];
    private string? caller;
    private long taken;

    /// <summary>Contents of the files, in the caller's order; empty once this is disposed.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Images => images;

    /// <summary>Fields of the form beside them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields => fields;

    public void AddImage(ReadOnlyMemory<byte> file) => images.Add(file);

    public void AddField(string name, string value) => fields.Add(KeyValuePair.Create(name, value));

    /// <summary>Copies a stream, at most so many bytes of it.</summary>
    /// <param name="stream">Of the body or a part of it.</param>
    /// <param name="expected">Bytes that it will have, as far as its sender is to be believed.</param>
    /// <param name="most">Most bytes.</param>
    /// <param name="cancellation">Ends the copying.</param>
    /// <returns>Null: there are more.</returns>
    /// <exception cref="ApiException">429: uploads take too much memory already.</exception>
    public async Task<ReadOnlyMemory<byte>?> CopyAsync(Stream stream, long expected, int most, CancellationToken cancellation)
    {
        const int Believed = 65_536;
        var copy = new MemoryStream((int)Math.Min(expected, Math.Min(Believed, most)));
        byte[] buffer = new byte[16_384];
        for (int read; (read = await stream.ReadAsync(buffer, cancellation)) > 0;)
        {
            long length = copy.Length + read;
            if (length > most)
                return null;
            Take(read);
            if (length > copy.Capacity)
                copy.Capacity = (int)Math.Min(most, Math.Max(length, copy.Capacity * 2L));
            copy.Write(buffer, 0, read);
        }

        return copy.GetBuffer().AsMemory(0, (int)copy.Length);
    }

    /// <summary>Takes room for bytes that have come.</summary>
    /// <exception cref="ApiException">429: uploads take too much memory already; 413: it will never fit.</exception>
    public void Take(int bytes)
    {
        caller ??= RequestOrigin.Current.Caller;
        budget.Take(bytes, caller, taken);
        taken += bytes;
    }

    /// <exception cref="ApiException">400: there is no image, or one is empty.</exception>
    public void Check(LimitsOptions limits)
    {
        if (images.Count == 0)
            throw ApiException.ForField("image", $"image is missing; the form must have 1 to {limits.MaxImages} files named 'image'.");

        for (int i = 0; i < images.Count; i++)
        {
            string field = images.Count == 1 ? "image" : $"image[{i}]";
            if (images[i].IsEmpty)
                throw ApiException.ForField(field, $"{field} is empty; it must be a JPEG, PNG, WebP or GIF file.");
        }
    }

    /// <summary>Forgets the images.</summary>
    public void Dispose()
    {
        images.Clear();
        if (taken > 0)
            budget.Return(taken, caller!);
        taken = 0;
    }
}
