using System.Buffers.Binary;
using NetVips;
using RnnServe.Inference.Images;

namespace RnnServe.Tests.Images;

/// <summary>Images in all formats, made on the spot.</summary>
internal static class Pictures
{
    /// <summary>Size of <see cref="Quarters"/>.</summary>
    public const int Width = 64, Height = 48;

    /// <summary>The colours of the quarters of <see cref="Quarters"/>: upper left, upper right, lower left, lower right.</summary>
    public static readonly int[][] Colours = [[220, 40, 30], [30, 200, 60], [40, 50, 210], [230, 220, 40]];

    /// <summary>A PNG of four colours.</summary>
    public static byte[] Quarters => Png.Write(Width, Height, 3, (x, y, c) => Colour(x, y)[c]);

    /// <summary>A PNG full of detail: colours that change everywhere, and noise.</summary>
    public static byte[] Detailed(int width, int height)
    {
        var random = new Random(width * 31 + height);
        return Png.Write(width, height, 3, (x, y, c) => (x * 255 / width * (c + 1) + y * 127 / height + random.Next(40)) & 255);
    }

    /// <summary>The PNG in another format.</summary>
    /// <param name="png">To be converted.</param>
    /// <param name="format">What a file's name ends with, such as "jpeg".</param>
    /// <param name="options">Arguments of libvips' operation that writes it.</param>
    public static byte[] Save(byte[] png, string format, params (string Name, string Value)[] options) =>
        Save(png, image => image.Copy(), format, options);

    /// <summary>The same, after another operation.</summary>
    public static byte[] Save(byte[] png, Func<Image, Image> change, string format, params (string Name, string Value)[] options)
    {
        VipsLibrary.Load();
        using var image = Image.NewFromBuffer(png);
        using var changed = change(image);
        return changed.WriteToBuffer($".{format}[{string.Join(',', options.Select(option => $"{option.Name}={option.Value}"))}]");
    }

    /// <summary>A JPEG with an EXIF block that says how to turn it.</summary>
    /// <param name="jpeg">Without such a block.</param>
    /// <param name="orientation">1 to 8, as the EXIF standard numbers them.</param>
    public static byte[] WithOrientation(byte[] jpeg, int orientation)
    {
        byte[] tiff = [(byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];
        byte[] exif = [.. "Exif\0\0"u8, .. tiff];
        return [0xFF, 0xD8, 0xFF, 0xE1, 0, (byte)(exif.Length + 2), .. exif, .. jpeg[2..]];
    }

    /// <summary>A JPEG whose header claims another size.</summary>
    public static byte[] Claim(byte[] jpeg, int width, int height)
    {
        byte[] changed = [.. jpeg];
        int frame = FrameHeader(jpeg);
        BinaryPrimitives.WriteUInt16BigEndian(changed.AsSpan(frame + 5), (ushort)height);
        BinaryPrimitives.WriteUInt16BigEndian(changed.AsSpan(frame + 7), (ushort)width);
        return changed;
    }

    /// <summary>A grey JPEG whose header claims more channels.</summary>
    public static byte[] ClaimChannels(byte[] jpeg, byte channels)
    {
        int frame = FrameHeader(jpeg), end = frame + 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(frame + 2));
        var claimed = Enumerable.Range(1, channels).SelectMany(channel => new byte[] { (byte)channel, 0x11, 0 });
        return [.. jpeg[..(frame + 2)], 0, (byte)(8 + (3 * channels)), .. jpeg[(frame + 4)..(frame + 9)], channels, .. claimed, .. jpeg[end..]];
    }

    /// <summary>Where the marker is that height, width and the number of colours follow, at 5, 7 and 9 bytes from it.</summary>
    public static int FrameHeader(byte[] jpeg)
    {
        int frame = 2;
        while (jpeg[frame + 1] is not (0xC0 or 0xC2))
            frame += 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(frame + 2));
        return frame;
    }

    public static byte[] Decode(byte[] file, int width, int height, ImageFit fit = ImageFit.Squash, long maxPixels = 50_000_000) =>
        ImageDecoder.Decode(file, width, height, fit, new ImageLimits { MaxPixels = maxPixels });

    /// <summary>The pixel at x, y of an image of a width.</summary>
    public static int[] At(byte[] rgb, int width, int x, int y) => [.. rgb.AsSpan(((y * width) + x) * 3, 3).ToArray().Select(b => (int)b)];

    /// <summary>Of <see cref="Quarters"/>.</summary>
    public static int[] Colour(int x, int y) => Colours[(y < Height / 2 ? 0 : 2) + (x < Width / 2 ? 0 : 1)];
}
