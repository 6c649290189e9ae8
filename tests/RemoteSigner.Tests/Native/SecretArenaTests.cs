using RemoteSigner.Native;

namespace RemoteSigner.Tests.Native;

public sealed class SecretArenaTests
{
    [Fact]
    public void Gives_zeroed_memory_again_after_release()
    {
        using var arena = new SecretArena();
        for (var round = 0; round < 3; round++)
        {
            using var bytes = arena.Allocate(32);
            Assert.True(bytes.Span.IndexOfAnyExcept((byte)0) < 0);
            bytes.Span.Fill(0xa5);
        }
    }

    [Fact]
    public void Grows_beyond_one_chunk_and_keeps_every_run_apart()
    {
        using var arena = new SecretArena();
        var runs = Enumerable.Range(0, 20_000).Select(i =>
        {
            var bytes = arena.Allocate(32);
            BitConverter.TryWriteBytes(bytes.Span, i);
            return bytes;
        }).ToList();

        Assert.All(runs, (bytes, i) => Assert.Equal(i, BitConverter.ToInt32(bytes.Span)));
        runs.ForEach(bytes => bytes.Dispose());
        Assert.Throws<ObjectDisposedException>(() => runs[0].Span.Length);
    }

    [Fact]
    public void Secret_memory_is_not_readable_through_proc()
    {
        using var arena = new SecretArena();
        Assert.SkipUnless(arena.Kind == SecretMemoryKind.SecretMemory, "this kernel has no memfd_secret");
        using var bytes = arena.Allocate(32);
        bytes.Span.Fill(0x5a);
        using var memory = File.OpenHandle("/proc/self/mem");

        Assert.ThrowsAny<Exception>(() => RandomAccess.Read(memory, new byte[32], bytes.DangerousGetHandle()));
    }
}
