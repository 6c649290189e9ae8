using System.Security.Cryptography;
using CsCheck;
using RemoteSigner.Native;

namespace RemoteSigner.Tests.Native;

public sealed class BlsBatchTests : IDisposable
{
    private readonly SecretArena _arena = new();

    public void Dispose() => _arena.Dispose();

    [Fact]
    public void Nothing_claimed_is_nothing_false() => Assert.Empty(BlsBatch.FindInvalid([]));

    [Fact]
    public void Exactly_the_false_claims_are_named()
    {
        var gen =
            from count in Gen.Int[1, 12]
            from messages in Gen.Int[1, 3]
            from spoiled in Gen.Int[0, 6].Array[count]
            select (messages, spoiled);
        gen.Sample(
            batch =>
            {
                var claims = batch.spoiled.Select((way, i) => Spoil(Claim((byte)(i % batch.messages)), way)).ToList();
                var expected = batch.spoiled.Select((way, i) => (way, i)).Where(one => one.way != 0).Select(one => one.i);
                return BlsBatch.FindInvalid(claims).SequenceEqual(expected);
            },
            iter: 60,
            threads: 1
        );
    }

    [Fact]
    public void Mostly_right_batches_pass_as_a_whole() =>
        Gen.Int[2, 40]
            .Sample(
                count => BlsBatch.FindInvalid([.. Enumerable.Range(0, count).Select(i => Claim((byte)(i % 5)))]).Count == 0,
                iter: 10,
                threads: 1
            );

    /// <summary>
    /// sig₁ + d and sig₂ − d: their sum is the sum of the honest ones, which is all that an unweighted aggregate looks at.
    /// </summary>
    [Fact]
    public void Finds_forgeries_that_cancel_each_other_out() =>
        Gen.Bool.Sample(
            oneMessage =>
            {
                SignatureClaim first = Claim(1),
                    second = Claim(oneMessage ? (byte)1 : (byte)2),
                    third = Claim(3);
                var offset = Claim(9).Signature;
                var forged = first with { Signature = Sum(first.Signature, offset) };
                var counter = second with { Signature = Sum(second.Signature, Negated(offset)) };
                Assert.Equal(Sum(first.Signature, second.Signature), Sum(forged.Signature, counter.Signature));
                Assert.Equal(
                    oneMessage,
                    Bls.FastAggregateVerify([forged.PublicKey, counter.PublicKey], forged.Message, Sum(forged.Signature, counter.Signature))
                );

                return BlsBatch.FindInvalid([forged, third, counter]).SequenceEqual([0, 2]);
            },
            iter: 20,
            threads: 1
        );

    [Fact]
    public void A_key_and_its_negative_do_not_hide_each_other()
    {
        var claim = Claim(1);
        var negative = claim with { PublicKey = Negated(claim.PublicKey), Signature = Negated(claim.Signature) };

        Assert.Empty(BlsBatch.FindInvalid([claim, negative]));
        Assert.Equal([1], BlsBatch.FindInvalid([claim, negative with { Signature = claim.Signature }]));
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Agrees_with_the_official_batches(string file)
    {
        var vector = Tests.Vectors.Read(file);
        var input = vector["input"]!;
        var (keys, messages, signatures) = (Hex(input["pubkeys"]!), Hex(input["messages"]!), Hex(input["signatures"]!));

        var wrong = BlsBatch.FindInvalid([.. keys.Select((key, i) => new SignatureClaim(key, messages[i], signatures[i]))]);

        Assert.Equal(vector["output"]!.GetValue<bool>(), wrong.Count == 0);
    }

    public static IEnumerable<TheoryDataRow<string>> Vectors() => Tests.Vectors.Files("bls12-381/batch_verify");

    private static byte[][] Hex(System.Text.Json.Nodes.JsonNode list) =>
        [.. list.AsArray().Select(item => Convert.FromHexString(item!.GetValue<string>()[2..]))];

    private SignatureClaim Claim(byte text)
    {
        using var key = BlsSecretKey.Generate(_arena, RandomNumberGenerator.GetBytes(32));
        byte[] publicKey = new byte[48],
            signature = new byte[96],
            message = [.. Enumerable.Repeat(text, 32)];
        key.WritePublicKey(publicKey);
        key.Sign(message, signature);
        return new SignatureClaim(publicKey, message, signature);
    }

    private SignatureClaim Spoil(SignatureClaim claim, int way) =>
        way switch
        {
            0 => claim,
            1 => claim with { Signature = Claim(claim.Message[0]).Signature },
            2 => claim with { PublicKey = Claim(0).PublicKey },
            3 => claim with { Message = [.. claim.Message[..31], (byte)(claim.Message[31] ^ 0xff)] },
            4 => claim with { Signature = [0xc0, .. new byte[95]] },
            5 => claim with { PublicKey = [0xc0, .. new byte[47]] },
            _ => claim with { Signature = claim.Signature[..95] },
        };

    private static byte[] Sum(byte[] left, byte[] right)
    {
        var sum = new byte[96];
        Bls.Combine([left, right], [BlsScalar.FromIndex(1), BlsScalar.FromIndex(1)], sum);
        return sum;
    }

    // The flag that says which of the two y belongs to x.
    private static byte[] Negated(byte[] point) => [(byte)(point[0] ^ 0x20), .. point[1..]];
}
