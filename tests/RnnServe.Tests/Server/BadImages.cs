using System.Net;
using System.Text;
using RnnServe.Tests.Images;

namespace RnnServe.Tests.Server;

/// <summary>Images that a server must refuse, each with the status of the refusal and words of its reason.</summary>
internal static class BadImages
{
    private static readonly byte[] Png = Pictures.Detailed(160, 120);

    public static readonly IReadOnlyDictionary<string, (byte[] File, HttpStatusCode Status, string Reason)> All =
        new Dictionary<string, (byte[], HttpStatusCode, string)>
        {
            ["empty"] = ([], HttpStatusCode.BadRequest, "empty"),
            ["garbage"] = (Garbage(), HttpStatusCode.UnsupportedMediaType, "JPEG, PNG, WebP and GIF"),
            ["text"] = ("no image"u8.ToArray(), HttpStatusCode.UnsupportedMediaType, "JPEG, PNG, WebP and GIF"),
            ["truncated JPEG"] = (Cut(Pictures.Save(Png, "jpeg")), HttpStatusCode.UnprocessableEntity, "JPEG"),
            ["truncated progressive JPEG"] = (Cut(Progressive()), HttpStatusCode.UnprocessableEntity, "JPEG"),
            ["truncated PNG"] = (Cut(Png), HttpStatusCode.UnprocessableEntity, "PNG"),
            ["truncated WebP"] = (Cut(Pictures.Save(Png, "webp")), HttpStatusCode.UnprocessableEntity, "WebP"),
            ["JPEG with flipped bytes"] = (Flip(Progressive()), HttpStatusCode.UnprocessableEntity, "JPEG"),
            ["PNG with flipped bytes"] = (Flip(Png), HttpStatusCode.UnprocessableEntity, "PNG"),
            ["SVG"] = (Svg(), HttpStatusCode.UnsupportedMediaType, "JPEG, PNG, WebP and GIF"),
            ["TIFF"] = (Pictures.Save(Png, "tiff"), HttpStatusCode.UnsupportedMediaType, "JPEG, PNG, WebP and GIF"),
            ["progressive JPEG bomb"] = (
                Pictures.Claim(Progressive(), 20_000, 20_000), HttpStatusCode.RequestEntityTooLarge, "20000 x 20000"),
            ["interlaced PNG bomb"] = (
                Images.Png.Claim(20_000, 20_000, interlaced: true), HttpStatusCode.RequestEntityTooLarge, "25000000"),
            ["PNG of packed texts"] = (
                ImageBombs.Texts(98, international: false, length: 1_000_000), HttpStatusCode.UnprocessableEntity, "98 compressed texts"),
            ["WebP of many frames"] = (ImageBombs.Frames(1001), HttpStatusCode.UnprocessableEntity, "1001 frames"),
            ["JPEG of many scans"] = (ImageBombs.Scans(200), HttpStatusCode.UnprocessableEntity, "scans; at most 100"),
        };

    private static byte[] Progressive() => Pictures.Save(Png, "jpeg", ("interlace", "true"), ("Q", "90"));

    private static byte[] Svg() => Encoding.UTF8.GetBytes("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>");

    private static byte[] Cut(byte[] file) => file[..(file.Length * 6 / 10)];

    /// <summary>Changes 40 bytes in the middle. A JPEG has no check sum: its decoder notices when the bits stop making sense.</summary>
    private static byte[] Flip(byte[] file) =>
        [.. file.Select((value, i) => i >= file.Length / 2 && i < (file.Length / 2) + 40 ? (byte)(value ^ 0xA5) : value)];

    private static byte[] Garbage()
    {
        var bytes = new byte[5000];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
