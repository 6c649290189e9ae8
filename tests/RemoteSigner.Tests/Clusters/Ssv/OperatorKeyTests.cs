using System.Security.Cryptography;
using System.Text;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Spec;
using static RemoteSigner.Tests.Clusters.Ssv.KeysharesVectors;

namespace RemoteSigner.Tests.Clusters.Ssv;

/// <summary>The operators' keys and keyshares of the shared vectors (keys: ssv-keys, MIT; shares: ours).</summary>
public sealed class OperatorKeyTests : IDisposable
{
    private static readonly RSA _other = RSA.Create(2048);
    private readonly SecretArena _arena = new();

    public void Dispose() => _arena.Dispose();

    [Theory]
    [InlineData(Ours)]
    [InlineData("ssv-keyshares-4of3/keyshares-no0x.json")]
    public void Every_operator_opens_its_own_share_and_nobody_elses(string name)
    {
        var validator = Read(name).Validators[0];
        for (var i = 0; i < validator.Operators.Length; i++)
        {
            using var key = Operator(_arena, i);
            Assert.Equal(validator.Operators[i].Key, key.PublicKey.ToString());
            for (var j = 0; j < validator.Operators.Length; j++)
            {
                using var share = key.DecryptShare(_arena, validator.EncryptedShare(j), validator.PublicShares[j]);
                Assert.Equal(i == j, share is not null);
            }
        }
    }

    [Fact]
    public void What_is_encrypted_to_another_operator_does_not_open()
    {
        var validator = Read("ssv-keyshares-4of3/neg-encrypted-to-wrong-operator.json").Validators[0];

        Assert.Contains(Enumerable.Range(0, 4), i =>
        {
            using var key = Operator(_arena, i);
            return key.DecryptShare(_arena, validator.EncryptedShare(i), validator.PublicShares[i]) is null;
        });
    }

    /// <summary>Whatever is wrong with a ciphertext, the answer is the same.</summary>
    [Fact]
    public void Nothing_tells_why_a_share_does_not_open()
    {
        using var key = OperatorKey.FromPkcs1(_arena, _other.ExportRSAPrivateKey());
        var (digits, expected) = NewShare();
        var good = Encrypt(digits);
        byte[][] bad =
        [
            [.. new byte[256]],
            [.. Enumerable.Repeat((byte)0xff, 256)],
            good[1..],
            [.. good, 0],
            [],
            Encrypt(digits[1..]),
            Encrypt(digits + "0"),
            Encrypt("0X" + digits),
            Encrypt("1x" + digits),
            Encrypt("g" + digits[1..]),
            Encrypt(new string('0', 64)),
            Encrypt(new string('f', 64)),
            Encrypt(""),
            _other.Encrypt(Encoding.ASCII.GetBytes(digits), RSAEncryptionPadding.OaepSHA256),
            .. Enumerable.Range(0, 64).Select(i => good.Select((value, at) => at == i * 4 ? (byte)(value ^ 1) : value).ToArray()),
        ];

        Assert.All(bad, cipher => Assert.Null(key.DecryptShare(_arena, cipher, expected)));
        Assert.Null(key.DecryptShare(_arena, good, NewShare().Expected));
        Assert.All(new[] { good, Encrypt("0x" + digits), Encrypt(digits.ToUpperInvariant()) }, cipher =>
            Assert.NotNull(key.DecryptShare(_arena, cipher, expected))
        );
    }

    [Fact]
    public void A_signature_is_PKCS1_with_SHA256_under_the_public_key()
    {
        using var key = Operator(_arena, 0);
        using var verifier = RSA.Create();
        verifier.ImportSubjectPublicKeyInfo(key.PublicKey.SubjectPublicKeyInfo, out _);

        Assert.All(new byte[][] { [], [1, 2, 3], new byte[100_000] }, message =>
            Assert.True(verifier.VerifyData(message, key.Sign(message), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
        );
    }

    /// <summary>OpenSSL notices one wrong number and takes the other way round; both ways wrong is no key.</summary>
    [Fact]
    public void Numbers_that_do_not_belong_together_are_no_key()
    {
        var der = _other.ExportRSAPrivateKey();
        var parameters = _other.ExportParameters(includePrivateParameters: true);
        der[der.AsSpan().IndexOf(parameters.P) + 64] ^= 1;
        der[der.AsSpan().IndexOf(parameters.D) + 64] ^= 1;

        Assert.Throws<CryptographicException>(() => OperatorKey.FromPkcs1(_arena, der));
        Assert.Throws<CryptographicException>(() => OperatorKey.FromPkcs1(_arena, [.. _other.ExportRSAPrivateKey(), 0]));
        Assert.Throws<CryptographicException>(() => OperatorKey.FromPkcs1(_arena, _other.ExportPkcs8PrivateKey()));
        using var small = RSA.Create(1024);
        Assert.Throws<CryptographicException>(() => OperatorKey.FromPkcs1(_arena, small.ExportRSAPrivateKey()));
    }

    internal static OperatorKey Operator(SecretArena arena, int position)
    {
        using var scene = new KeyFileScene();
        return OperatorKeyFile.Read(
            scene.Write(Vectors.Read("ssv-keyshares-4of3/operators.json")["operators"]![position]!["privateKey"]!.GetValue<string>()),
            null,
            arena
        );
    }

    private static byte[] Encrypt(string text) => _other.Encrypt(Encoding.ASCII.GetBytes(text), RSAEncryptionPadding.Pkcs1);

    private (string Digits, BlsPublicKey Expected) NewShare()
    {
        using var secret = BlsSecretKey.Generate(_arena, RandomNumberGenerator.GetBytes(32));
        using var scalar = _arena.Allocate(32);
        secret.WriteBigEndian(scalar);
        var key = new byte[48];
        secret.WritePublicKey(key);
        return (Convert.ToHexStringLower(scalar.Span), new BlsPublicKey(key));
    }
}
