using System.IO.Compression;
using System.Text;
using RnnServe.Tests.Bundles;
using RnnServe.Tests.Commands;
using RnnServe.Training.Data;
using RnnServe.Training.Kinds.Caption;

namespace RnnServe.Tests.Data;

public sealed class GzipFileTests : IDisposable
{
    // Python: gzip.compress(b"two\n", mtime=0) with FEXTRA, FNAME, FCOMMENT and FHCRC added to its header.
    private static readonly byte[] AllFields = Convert.FromHexString(
        "1F8B081E0000000000FF0500414200010074776F2E74787400612063616665E90049662B29CFE702007408179604000000");

    // As others write it; .NET's stream writes nothing.
    private static readonly byte[] Empty = Convert.FromHexString("1F8B08000000000000FF03000000000000000000");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_file_cut_short_anywhere_is_refused_with_its_name()
    {
        byte[] whole = Member(Text(200));

        for (int length = 0; length < whole.Length; length++)
            Assert.Contains("cut.gz' cannot be read as text: the gzip member at byte 0 ends early", Refusal(whole[..length]), StringComparison.Ordinal);
        Assert.Equal(Text(200), Read(whole));
    }

    [Theory]
    [InlineData("second\n"), InlineData("")]
    public void So_is_one_whose_last_member_is_cut_short(string last)
    {
        byte[] first = Member(Text(3)), second = Member(last);

        for (int length = 1; length < second.Length; length++)
            Assert.Contains($"the gzip member at byte {first.Length} ends early", Refusal([.. first, .. second[..length]]), StringComparison.Ordinal);
        Assert.Equal(Text(3) + last, Read([.. first, .. second]));
    }

    [Theory]
    [InlineData(-8), InlineData(-5), InlineData(-4), InlineData(-1)]       // checksum and length
    [InlineData(30)]
    [InlineData(2), InlineData(3)]                                      // method and flags
    public void A_byte_that_has_changed_is_refused_in_any_member(int at)
    {
        byte[] good = Member(Text(200)), bad = (byte[])good.Clone();
        bad[at < 0 ? bad.Length + at : at] ^= 0x80;

        Assert.Contains("its checksum does not fit", Refusal(bad), StringComparison.Ordinal);
        Assert.Contains("its checksum does not fit", Refusal([.. bad, .. good]), StringComparison.Ordinal);
        Assert.Contains("its checksum does not fit", Refusal([.. good, .. bad]), StringComparison.Ordinal);
    }

    [Fact]
    public void Members_follow_one_another_with_zeros_between_and_behind_them()
    {
        byte[] one = Member("one\n"), none = Member(""), stored = Member("stored\n", CompressionLevel.NoCompression);

        Assert.Equal("one\none\n", Read([.. one, .. one]));
        Assert.Equal("one\nstored\ntwo\n", Read([.. none, .. one, .. none, .. stored, .. AllFields]));
        Assert.Equal("one\ntwo\n", Read([.. one, 0, 0, 0, .. AllFields, .. new byte[512]]));
        Assert.Equal("", Read(none));
        Assert.Equal(Text(200_000), Read([.. Member(Text(200_000)), 0]));
    }

    [Fact]
    public void What_is_no_member_is_refused()
    {
        Assert.Contains("what begins at byte 0 is not gzip", Refusal("plain text\n"u8.ToArray()), StringComparison.Ordinal);
        Assert.Contains($"what begins at byte {AllFields.Length} is not gzip", Refusal([.. AllFields, 1, 2, 3]), StringComparison.Ordinal);
        for (int length = 0; length < AllFields.Length; length++)
            Assert.Contains("ends early", Refusal(AllFields[..length]), StringComparison.Ordinal);
        byte[] header = (byte[])AllFields.Clone();
        header[20] ^= 1;
        Assert.Contains("its checksum does not fit", Refusal(header), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_command_refuses_a_file_that_is_cut_short()
    {
        File.WriteAllBytes(In("whole.gz"), Member("a.jpg#0\ta dog\n"));
        File.WriteAllBytes(In("cut.gz"), File.ReadAllBytes(In("whole.gz"))[..^1]);

        await Fails("evaluate", "--hypotheses", In("cut.gz"), "--references", In("whole.gz"));
        await Fails("evaluate", "--hypotheses", In("whole.gz"), "--references", In("cut.gz"));
        await Fails("evaluate", "--hypotheses", In("whole.gz"), "--captions", In("cut.gz"));
        await Fails("evaluate", "--hypotheses", In("whole.gz"), "--captions", In("whole.gz"), "--split", In("cut.gz"));
        Assert.Throws<InvalidDataException>(() => ParallelCorpus.Read([In("whole.gz")], [In("cut.gz")]));
        Assert.Throws<InvalidDataException>(() => CaptionCorpus.ReadPhotos(In("cut.gz"), folder.Path, In("whole.gz")));

        async Task Fails(params string[] arguments)
        {
            var (code, output, errors) = await TrainingProgram.RunAsync(arguments);
            Assert.Equal((2, ""), (code, output));
            Assert.Contains("cut.gz' cannot be read as text", Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        }
    }

    private string Refusal(byte[] file)
    {
        File.WriteAllBytes(In("cut.gz"), file);
        return Assert.Throws<InvalidDataException>(() => ParallelCorpus.ReadLines(In("cut.gz"))).Message;
    }

    private string Read(byte[] file)
    {
        File.WriteAllBytes(In("good.gz"), file);
        return string.Concat(ParallelCorpus.ReadLines(In("good.gz")).Select(line => line + "\n"));
    }

    private static string Text(int lines) => string.Concat(Enumerable.Range(0, lines).Select(i => $"Line {i * 7919 % 1000}\n"));

    private static byte[] Member(string text, CompressionLevel level = CompressionLevel.Optimal)
    {
        using var file = new MemoryStream();
        using (var stream = new GZipStream(file, level, leaveOpen: true))
            stream.Write(Encoding.UTF8.GetBytes(text));
        return text.Length > 0 ? file.ToArray() : Empty;
    }

    private string In(string name) => Path.Combine(folder.Path, name);
}
