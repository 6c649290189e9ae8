using RemoteSigner.Native;

namespace RemoteSigner.Tests.Native;

public sealed class BoundedFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bounded-").FullName;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public void A_file_within_the_bound_is_read_whole(int length)
    {
        var path = Path.Combine(_folder, "file");
        byte[] bytes = [.. Enumerable.Range(0, length).Select(i => (byte)(i % 251))];
        File.WriteAllBytes(path, bytes);

        Assert.Equal(bytes, BoundedFile.ReadAllBytes(path, 1000));
    }

    [Fact]
    public void One_that_has_more_is_refused_without_being_read()
    {
        var path = Path.Combine(_folder, "file");
        using (var file = File.Create(path))
        {
            file.SetLength(1L << 32);
        }

        Assert.Contains(
            "has more than 1000 bytes",
            Assert.Throws<IOException>(() => BoundedFile.ReadAllBytes(path, 1000)).Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>Its length says 0, as that of every pseudo file, and one of them never ends.</summary>
    [Fact]
    public void A_pseudo_file_is_read_to_its_end_or_to_the_bound()
    {
        Assert.StartsWith("Linux", BoundedFile.ReadAllText("/proc/version"), StringComparison.Ordinal);
        Assert.Contains(
            "has more than 1000 bytes",
            Assert.Throws<IOException>(() => BoundedFile.ReadAllBytes("/dev/zero", 1000)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Text_loses_its_byte_order_mark()
    {
        var path = Path.Combine(_folder, "file");
        File.WriteAllBytes(path, [0xEF, 0xBB, 0xBF, .. "text"u8]);

        Assert.Equal("text", BoundedFile.ReadAllText(path));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
