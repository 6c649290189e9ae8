using System.Security.Cryptography;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Spec;

/// <summary>Expected values are built from bare SHA-256 here, as ssz/simple-serialize.md describes the tree.</summary>
public sealed class SszHasherTests
{
    private static readonly byte[] _zero = new byte[32];

    [Fact]
    public void A_number_is_little_endian_in_one_chunk() =>
        Assert.Equal("0xefcdab8967452301" + new string('0', 48), SszHasher.Number(0x0123456789abcdef).ToString());

    [Fact]
    public void Up_to_32_bytes_are_their_own_padded_root() => Assert.Equal(Chunk(1, 2, 3), SszHasher.Bytes([1, 2, 3]).Bytes);

    [Fact]
    public void A_public_key_has_two_chunks_and_a_signature_four()
    {
        var key = Enumerable.Range(1, 48).Select(i => (byte)i).ToArray();
        var signature = Enumerable.Range(1, 96).Select(i => (byte)i).ToArray();

        Assert.Equal(Hash(key[..32], Chunk(key[32..])), SszHasher.Bytes(key).Bytes);
        Assert.Equal(Hash(Hash(signature[..32], signature[32..64]), Hash(signature[64..], _zero)), SszHasher.Bytes(signature).Bytes);
    }

    [Fact]
    public void Five_members_are_padded_to_eight()
    {
        var members = Enumerable.Range(1, 5).Select(i => SszHasher.Number((ulong)i)).ToArray();
        var empty = Hash(_zero, _zero);

        var expected = Hash(Hash(Hash(Chunk(1), Chunk(2)), Hash(Chunk(3), Chunk(4))), Hash(Hash(Chunk(5), _zero), empty));

        Assert.Equal(expected, SszHasher.Container(members).Bytes);
    }

    [Fact]
    public void One_member_is_its_own_root() => Assert.Equal(Chunk(7), SszHasher.Container(SszHasher.Number(7)).Bytes);

    [Fact]
    public void An_empty_list_is_a_tree_of_zeros_with_length_zero() =>
        Assert.Equal(Hash(Hash(Hash(_zero, _zero), Hash(_zero, _zero)), _zero), SszHasher.List([], limit: 4).Bytes);

    [Fact]
    public void A_list_mixes_its_length_in() =>
        Assert.Equal(
            Hash(Hash(Hash(Chunk(9), _zero), Hash(_zero, _zero)), Chunk(1)),
            SszHasher.List([SszHasher.Number(9)], limit: 3).Bytes
        );

    [Fact]
    public void Numbers_of_a_list_share_chunks()
    {
        var first = new byte[32];
        (first[0], first[8], first[16], first[24]) = (1, 2, 3, 4);

        Assert.Equal(Hash(Hash(first, Chunk(5)), Chunk(5)), SszHasher.NumberList([1, 2, 3, 4, 5], limit: 8).Bytes);
    }

    [Theory]
    [InlineData("01", "", 0)]
    [InlineData("02", "00", 1)]
    [InlineData("0d", "05", 3)]
    [InlineData("ff", "7f", 7)]
    [InlineData("ff01", "ff", 8)]
    [InlineData("ff03", "ff01", 9)]
    public void A_bitlist_loses_the_bit_that_marks_its_length(string bits, string kept, byte length) =>
        Assert.Equal(
            Hash(Chunk(Convert.FromHexString(kept)), Chunk(length)),
            SszHasher.Bitlist(Convert.FromHexString(bits), limit: 256).Bytes
        );

    [Fact]
    public void A_bitlist_that_fills_its_chunks_keeps_no_chunk_for_the_marker()
    {
        byte[] bits = [.. Enumerable.Repeat((byte)0xff, 32), 1];
        byte[] length = Chunk(0, 1);

        Assert.Equal(Hash(bits[..32], length), SszHasher.Bitlist(bits, limit: 256).Bytes);
        Assert.Equal(Hash(Hash(bits[..32], _zero), length), SszHasher.Bitlist(bits, limit: 512).Bytes);
    }

    [Theory]
    [InlineData("", 8)]
    [InlineData("00", 8)]
    [InlineData("0100", 16)]
    [InlineData("0002", 8)]
    public void Refuses_a_bitlist_without_end_or_beyond_its_limit(string bits, ulong limit) =>
        Assert.Throws<SpecException>(() => SszHasher.Bitlist(Convert.FromHexString(bits), limit));

    [Theory]
    [InlineData("0f", 4, true)]
    [InlineData("1f", 4, false)]
    [InlineData("ff", 8, true)]
    [InlineData("ff00", 8, false)]
    [InlineData("", 8, false)]
    [InlineData("ff01", 9, true)]
    [InlineData("ff02", 9, false)]
    public void A_bitvector_has_exactly_its_bits(string bits, int length, bool valid)
    {
        var bytes = Convert.FromHexString(bits);
        if (valid)
        {
            Assert.Equal(Chunk(bytes), SszHasher.Bitvector(bytes, length).Bytes);
        }
        else
        {
            Assert.Throws<SpecException>(() => SszHasher.Bitvector(bytes, length));
        }
    }

    [Fact]
    public void Refuses_lists_beyond_their_limit()
    {
        Assert.Throws<SpecException>(() => SszHasher.List([default, default], limit: 1));
        Assert.Throws<SpecException>(() => SszHasher.NumberList([1, 2, 3], limit: 2));
        Assert.Throws<SpecException>(() => SszHasher.ByteList([1, 2, 3], limit: 2));
    }

    [Fact]
    public void A_list_of_bytes_mixes_in_how_many_there_are()
    {
        var half = Hash(Chunk([.. Enumerable.Repeat((byte)7, 32)]), Chunk(7));

        Assert.Equal(
            Hash(Hash(half, Hash(Chunk(), Chunk())), Chunk(33)),
            SszHasher.ByteList([.. Enumerable.Repeat((byte)7, 33)], limit: 100).Bytes
        );
        Assert.Equal(Hash(Chunk(), Chunk()), SszHasher.ByteList([], limit: 32).Bytes);
    }

    [Fact]
    public void Long_trees_leave_the_stack_with_the_same_root()
    {
        var chunks = Enumerable.Range(0, 512).Select(i => SszHasher.Number((ulong)i)).ToArray();
        var layer = chunks.Select(chunk => chunk.Bytes.ToArray()).ToArray();
        while (layer.Length > 1)
        {
            layer = [.. layer.Chunk(2).Select(pair => Hash(pair[0], pair[1]))];
        }

        Assert.Equal(layer[0], SszHasher.Container(chunks).Bytes);
    }

    private static byte[] Chunk(params byte[] bytes) => [.. bytes, .. new byte[32 - bytes.Length]];

    private static byte[] Hash(byte[] left, byte[] right) => SHA256.HashData([.. left, .. right]);
}
