using RemoteSigner.Native;

namespace RemoteSigner.Tests.Native;

public sealed class KeyPairBatchTests : IDisposable
{
    private readonly SecretArena _arena = new();

    public void Dispose() => _arena.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(300)]
    public void Holds_for_secrets_and_their_keys(int count)
    {
        var (secrets, keys) = Pairs(count);

        Assert.True(KeyPairBatch.Holds(_arena, secrets, keys));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(40, 17)]
    [InlineData(300, 299)]
    public void Does_not_hold_where_one_key_is_anothers(int count, int wrong)
    {
        var (secrets, keys) = Pairs(count);
        keys[wrong] = Pairs(1, from: 1000).Keys[0];

        Assert.False(KeyPairBatch.Holds(_arena, secrets, keys));
    }

    /// <summary>A plain sum of all keys would be the same.</summary>
    [Fact]
    public void Does_not_hold_where_two_keys_have_changed_places()
    {
        var (secrets, keys) = Pairs(40);
        (keys[3], keys[29]) = (keys[29], keys[3]);

        Assert.False(KeyPairBatch.Holds(_arena, secrets, keys));
    }

    [Fact]
    public void Does_not_hold_for_what_is_no_point_or_is_infinity()
    {
        var (secrets, keys) = Pairs(3);
        foreach (var bad in (byte[][])[new byte[48], [0xc0, .. new byte[47]], [0x9f, .. Enumerable.Repeat((byte)0xff, 47)], new byte[47]])
        {
            Assert.False(KeyPairBatch.Holds(_arena, secrets, [keys[0], bad, keys[2]]));
        }

        Assert.Throws<ArgumentException>(() => KeyPairBatch.Holds(_arena, secrets, keys[..2]));
    }

    private (BlsSecretKey[] Secrets, byte[][] Keys) Pairs(int count, int from = 1)
    {
        BlsSecretKey[] secrets =
        [
            .. Enumerable.Range(from, count).Select(i => BlsSecretKey.Generate(_arena, [.. BitConverter.GetBytes(i), .. new byte[28]])),
        ];
        return (
            secrets,
            [
                .. secrets.Select(secret =>
                {
                    var key = new byte[48];
                    secret.WritePublicKey(key);
                    return key;
                }),
            ]
        );
    }
}
