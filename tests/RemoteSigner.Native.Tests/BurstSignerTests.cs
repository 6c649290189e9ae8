using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using RemoteSigner.Native;

namespace RemoteSigner.Tests.Native;

/// <summary>What is signed together is, byte for byte, what blst signs one by one, and nothing else ever leaves.</summary>
[Trait("Speed", "slow")]
public sealed class BurstSignerTests : IDisposable
{
    // Runs in seconds; the variable asks for more of the same.
    private static readonly int _random = int.Parse(
        Environment.GetEnvironmentVariable("REMOTE_SIGNER_BURST_SIGNATURES") ?? "6000",
        CultureInfo.InvariantCulture
    );

    private readonly SecretArena _arena = new();

    /// <summary>Those that this processor runs; the first is there everywhere.</summary>
    public static TheoryData<string> Engines => [.. new[] { "portable", SameRootEngine.Best.Name }.Distinct()];

    public void Dispose() => _arena.Dispose();

    [Fact]
    public void The_processor_passes_the_known_answer_test() => BurstSigner.SelfTest(_arena);

    [Theory]
    [MemberData(nameof(Engines))]
    public void Edge_scalars_sign_as_blst_does(string name)
    {
        using var signer = new BurstSigner(_arena, Engine(name));
        AssertAsBlst(signer, EdgeScalars.All, sizes: [1, 7, 64, 128, 300, 1024]);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Every_number_of_signatures_is_as_blst_makes_them(string name)
    {
        using var signer = new BurstSigner(_arena, Engine(name));
        AssertAsBlst(signer, EdgeScalars.All, sizes: [.. Enumerable.Range(1, name == "portable" ? 140 : 300)]);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Random_scalars_sign_as_blst_does(string name)
    {
        using var signer = new BurstSigner(_arena, Engine(name));
        AssertAsBlst(signer, [.. Enumerable.Range(0, _random).Select(_ => RandomScalar())], sizes: [1000]);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_number_that_is_no_key_refuses_the_whole_call(string name)
    {
        using var signer = new BurstSigner(_arena, Engine(name));
        foreach (
            var unlawful in new[] { new byte[32], EdgeScalars.LittleEndian(EdgeScalars.GroupOrder), [.. Enumerable.Repeat((byte)0xff, 32)] }
        )
        {
            var signatures = new byte[5 * 96];
            Assert.Throws<InvalidOperationException>(() =>
                Sign(
                    signer,
                    new HashedMessage(new byte[32]),
                    [RandomScalar(), RandomScalar(), unlawful, RandomScalar(), RandomScalar()],
                    signatures
                )
            );
            Assert.All(signatures, one => Assert.Equal(0, one));
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_key_that_was_disposed_signs_nothing_and_the_others_keep_their_places(string name)
    {
        using var signer = new BurstSigner(_arena, Engine(name));
        foreach (var gone in new int[][] { [0], [4], [9], [0, 1, 2], [3, 9], [0, 1, 2, 3, 4, 5, 6, 7, 8], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] })
        {
            var keys = Enumerable.Range(0, 10).Select(_ => BlsSecretKey.Generate(_arena, RandomNumberGenerator.GetBytes(32))).ToArray();
            var message = RandomNumberGenerator.GetBytes(32);
            var expected = Array.ConvertAll(keys, key =>
            {
                var signature = new byte[96];
                key.Sign(message, signature);
                return signature;
            });
            Array.ForEach(gone, i => keys[i].Dispose());
            var (signatures, signed) = (new byte[960], new bool[10]);

            Assert.True(signer.Sign(message, keys, signatures, signed));

            for (var i = 0; i < keys.Length; i++)
            {
                Assert.Equal(!gone.Contains(i), signed[i]);
                Assert.True(!signed[i] || expected[i].AsSpan().SequenceEqual(signatures.AsSpan(i * 96, 96)));
                keys[i].Dispose();
            }
        }
    }

    /// <summary>
    /// One bit of the working memory flips, anywhere in it and at any step: what leaves is right all the same, and where it was not the
    /// caller is told.
    /// </summary>
    [Fact]
    public void A_flipped_bit_of_the_working_memory_never_leaves_as_a_signature()
    {
        List<byte[]> scalars = [.. Enumerable.Range(0, 20).Select(_ => RandomScalar())];
        var message = new HashedMessage(RandomNumberGenerator.GetBytes(32));
        var expected = new byte[scalars.Count * 96];
        using (var sound = new BurstSigner(_arena, new PortableSameRoot()))
        {
            Sign(sound, message, scalars, expected);
        }

        var told = 0;
        for (var round = 0; round < 400; round++)
        {
            using var signer = new BurstSigner(
                _arena,
                new FaultyMemory(
                    window: RandomNumberGenerator.GetInt32(11),
                    bit: RandomNumberGenerator.GetInt32(8 * new PortableSameRoot().ScratchLength)
                )
            );
            var signatures = new byte[expected.Length];
            told += Sign(signer, message, scalars, signatures) ? 0 : 1;
            Assert.True(expected.AsSpan().SequenceEqual(signatures));
        }

        Assert.True(told > 20, $"only {told} of 400 flips mattered");
    }

    /// <summary>The same of the table, which is public and is kept.</summary>
    [Fact]
    public void A_flipped_bit_of_the_table_never_leaves_as_a_signature()
    {
        List<byte[]> scalars = [.. Enumerable.Range(0, 20).Select(_ => RandomScalar())];
        var text = RandomNumberGenerator.GetBytes(32);
        var expected = new byte[scalars.Count * 96];
        using (var sound = new BurstSigner(_arena, SameRootEngine.Best))
        {
            Sign(sound, new HashedMessage(text), scalars, expected);
        }

        var told = 0;
        foreach (var name in Engines)
        {
            for (var round = 0; round < 50; round++)
            {
                using var signer = new BurstSigner(_arena, new FaultyTable(Engine(name.Data)));
                var signatures = new byte[expected.Length];
                told += Sign(signer, new HashedMessage(text), scalars, signatures) ? 0 : 1;
                Assert.True(expected.AsSpan().SequenceEqual(signatures));
            }
        }

        Assert.True(told > 0);
    }

    /// <summary>The point that a message hashes to is kept, and a fault in it would be in all that follows.</summary>
    [Theory]
    [MemberData(nameof(Engines))]
    public void A_flipped_bit_of_the_kept_point_never_leaves_as_a_signature(string name)
    {
        using var signer = new BurstSigner(_arena, Engine(name));
        foreach (var (count, warmUps) in new[] { (20, 0), (20, 1), (2, 1), (1, 1), (1, 2), (1, 3) })
        {
            List<byte[]> scalars = [.. Enumerable.Range(0, count).Select(_ => RandomScalar())];
            var text = RandomNumberGenerator.GetBytes(32);
            var (expected, signatures) = (new byte[count * 96], new byte[count * 96]);
            SignByBlst(signer, new HashedMessage(text), scalars, expected);
            var message = new HashedMessage(text);
            for (var i = 0; i < warmUps; i++)
            {
                Sign(signer, message, [RandomScalar()], new byte[96]);
            }

            MemoryMarshal.AsBytes(new Span<BlstP2>(ref Unsafe.AsRef(in message.Point)))[RandomNumberGenerator.GetInt32(288)] ^= 1;

            Assert.False(Sign(signer, message, scalars, signatures));
            Assert.Equal(expected, signatures);
        }
    }

    /// <summary>s and r − s beside each other: all sums are nothing.</summary>
    [Theory]
    [MemberData(nameof(Engines))]
    public void Opposite_and_doubled_keys_sign_as_blst_does(string name)
    {
        using var signer = new BurstSigner(_arena, Engine(name));
        List<byte[]> scalars =
        [
            .. Enumerable
                .Range(0, 34)
                .Select(_ => RandomScalar())
                .SelectMany(one =>
                    new[] { one, EdgeScalars.LittleEndian(EdgeScalars.GroupOrder - new BigInteger(one, isUnsigned: true)), one }
                ),
        ];
        AssertAsBlst(signer, scalars, sizes: [3, 6, 30, 33, 34]);
        AssertAsBlst(signer, [.. scalars.Chunk(3).SelectMany(three => three[..2])], sizes: [2, 4, 34, 64]);
    }

    [Fact]
    public void Many_threads_sign_many_messages_at_once()
    {
        using var signer = new BurstSigner(_arena);
        var messages = Enumerable.Range(0, 24).Select(_ => RandomNumberGenerator.GetBytes(32)).ToArray();
        var keys = Enumerable.Range(0, 12).Select(_ => BlsSecretKey.Generate(_arena, RandomNumberGenerator.GetBytes(32))).ToArray();
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            var count = 1 + (i % keys.Length);
            var (signatures, signed, expected) = (new byte[count * 96], new bool[count], new byte[96]);
            Assert.True(signer.Sign(messages[i % messages.Length], keys.AsSpan(0, count), signatures, signed));
            keys[count - 1].Sign(messages[i % messages.Length], expected);
            Assert.True(expected.AsSpan().SequenceEqual(signatures.AsSpan(^96)));
        });
        Array.ForEach(keys, key => key.Dispose());
    }

    private static SameRootEngine Engine(string name) => name == "portable" ? new PortableSameRoot() : SameRootEngine.Best;

    private static byte[] RandomScalar()
    {
        var bytes = RandomNumberGenerator.GetBytes(32);
        bytes[31] &= 0x3f;
        bytes[0] |= 1;
        return bytes;
    }

    // In turns of the sizes, until all have had theirs.
    private static void AssertAsBlst(BurstSigner signer, IReadOnlyList<byte[]> scalars, int[] sizes)
    {
        var message = new HashedMessage(SHA256.HashData([1]));
        var (done, turn) = (0, 0);
        while (done < scalars.Count || turn < sizes.Length)
        {
            var size = sizes[turn++ % sizes.Length];
            List<byte[]> some = [.. Enumerable.Range(done, size).Select(i => scalars[i % scalars.Count])];
            var (signatures, expected) = (new byte[size * 96], new byte[size * 96]);
            Assert.True(Sign(signer, message, some, signatures));
            SignByBlst(signer, message, some, expected);
            for (var i = 0; i < size; i++)
            {
                Assert.True(
                    expected.AsSpan(i * 96, 96).SequenceEqual(signatures.AsSpan(i * 96, 96)),
                    $"{Convert.ToHexStringLower(some[i])} (little-endian) in a burst of {size}"
                );
            }

            done += size;
        }
    }

    private static unsafe bool Sign(BurstSigner signer, HashedMessage message, List<byte[]> scalars, byte[] signatures)
    {
        var pinned = scalars.ConvertAll(scalar => GCHandle.Alloc(scalar, GCHandleType.Pinned));
        try
        {
            return signer.SignHeld(message, [.. pinned.Select(one => one.AddrOfPinnedObject())], signatures);
        }
        finally
        {
            pinned.ForEach(one => one.Free());
        }
    }

    // A single one is signed by blst itself.
    private static void SignByBlst(BurstSigner signer, HashedMessage message, List<byte[]> scalars, byte[] signatures)
    {
        for (var i = 0; i < scalars.Count; i++)
        {
            var signature = new byte[96];
            Sign(signer, message, [scalars[i]], signature);
            signature.CopyTo(signatures.AsSpan(i * 96));
        }
    }

    /// <summary>One bit of the working memory flips after one of the steps.</summary>
    private sealed class FaultyMemory(int window, int bit) : PortableSameRoot
    {
        protected override unsafe void AfterWindow(byte* scratch, int step)
        {
            if (step == window)
            {
                scratch[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    /// <summary>One bit of each table is wrong.</summary>
    private sealed unsafe class FaultyTable(SameRootEngine sound) : SameRootEngine
    {
        public override string Name => sound.Name;

        public override int Batch => sound.Batch;

        public override int WorthATable => sound.WorthATable;

        public override int TableLength => sound.TableLength;

        public override int ScratchLength => sound.ScratchLength;

        public override void MakeTable(byte* table, BlstP2* point)
        {
            sound.MakeTable(table, point);
            table[RandomNumberGenerator.GetInt32(TableLength)] ^= 1;
        }

        public override void Sign(BlstP2Affine* signatures, byte* table, byte** scalars, int count, byte* scratch) =>
            sound.Sign(signatures, table, scalars, count, scratch);
    }
}
