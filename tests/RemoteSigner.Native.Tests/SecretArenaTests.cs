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
        var runs = Enumerable
            .Range(0, 20_000)
            .Select(i =>
            {
                var bytes = arena.Allocate(32);
                BitConverter.TryWriteBytes(bytes.Span, i);
                return bytes;
            })
            .ToList();

        Assert.All(runs, (bytes, i) => Assert.Equal(i, BitConverter.ToInt32(bytes.Span)));
        runs.ForEach(bytes => bytes.Dispose());
        Assert.Throws<ObjectDisposedException>(() => runs[0].Span.Length);
    }

    [Fact]
    public void What_is_larger_than_a_chunk_has_one_of_its_own()
    {
        using var arena = new SecretArena();
        using var small = arena.Allocate(32);
        small.Span.Fill(0x5a);
        using (var large = arena.Allocate(700_001))
        {
            Assert.True(large.Span.IndexOfAnyExcept((byte)0) < 0);
            large.Span.Fill(0xa5);
        }

        using var again = arena.Allocate(700_000);
        Assert.True(again.Span.IndexOfAnyExcept((byte)0) < 0);
        Assert.True(small.Span.IndexOfAnyExcept((byte)0x5a) < 0);
        Assert.Equal(2, arena.MappedChunks);
        Assert.Throws<ArgumentOutOfRangeException>(() => arena.Allocate((16 << 20) + 1));
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

    [Fact]
    public void Memory_that_is_held_when_the_arena_is_disposed_reads_zeroes_and_goes_with_the_last_holder()
    {
        var arena = new SecretArena();
        var first = arena.Allocate(32);
        var second = arena.Allocate(32);
        first.Span.Fill(0xa5);
        second.Span.Fill(0x5a);

        arena.Dispose();
        arena.Dispose();

        Assert.True(first.Span.IndexOfAnyExcept((byte)0) < 0);
        Assert.Throws<ObjectDisposedException>(() => first.CopyTo(new byte[32]));
        Assert.Throws<ObjectDisposedException>(() => arena.Allocate(1));
        first.Dispose();
        Assert.True(second.Span.IndexOfAnyExcept((byte)0) < 0);
        Assert.Equal(1, arena.MappedChunks);
        second.Dispose();
        Assert.Equal(0, arena.MappedChunks);
    }

    [Fact]
    public void Disposing_the_arena_unmaps_the_chunks_nobody_holds_a_part_of()
    {
        var arena = new SecretArena();
        var first = arena.Allocate(256 * 1024);
        using var second = arena.Allocate(256 * 1024);
        first.Dispose();

        arena.Dispose();

        Assert.Equal(1, arena.MappedChunks);
    }

    /// <summary>
    /// The kernel likes to give an address again: what was held of the former arena must not be zeroed in the one that is there now.
    /// </summary>
    [Fact]
    public void Giving_back_memory_of_a_disposed_arena_leaves_other_arenas_alone()
    {
        for (var round = 0; round < 20; round++)
        {
            var former = new SecretArena();
            var late = former.Allocate(32);
            former.Dispose();
            using var arena = new SecretArena();
            using var bytes = arena.Allocate(32);
            bytes.Span.Fill(0xa5);

            late.Dispose();

            Assert.True(bytes.Span.IndexOfAnyExcept((byte)0xa5) < 0);
        }
    }
}
