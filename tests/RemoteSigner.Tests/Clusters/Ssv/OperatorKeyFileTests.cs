using System.Security.Cryptography;
using System.Text;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Rig;

namespace RemoteSigner.Tests.Clusters.Ssv;

/// <summary>The forms in which SSV's programs keep an operator's key.</summary>
public sealed class OperatorKeyFileTests : IDisposable
{
    private static readonly RSA _rsa = RSA.Create(2048);
    private static readonly string _pem = PemEncoding.WriteString("RSA PRIVATE KEY", _rsa.ExportRSAPrivateKey());
    private static readonly string _publicKey = OperatorPublicKey.FromDer(_rsa.ExportSubjectPublicKeyInfo())!.ToString();
    private readonly KeyFileScene _scene = new();
    private readonly SecretArena _arena = new();

    public void Dispose()
    {
        _scene.Dispose();
        _arena.Dispose();
    }

    [Fact]
    public void A_PEM_and_base64_of_it_are_read()
    {
        foreach (
            var text in new[]
            {
                _pem,
                _pem + "\n",
                _rsa.ExportPkcs8PrivateKeyPem(),
                Convert.ToBase64String(Encoding.ASCII.GetBytes(_rsa.ExportPkcs8PrivateKeyPem())),
                "a line before\r\n" + _pem.ReplaceLineEndings("\r\n"),
                Convert.ToBase64String(Encoding.ASCII.GetBytes(_pem)) + "\n",
            }
        )
        {
            using var key = OperatorKeyFile.Read(_scene.Write(text), null, _arena);
            Assert.Equal(_publicKey, key.PublicKey.ToString());
        }
    }

    [Fact]
    public async Task What_openssl_writes_today_is_read()
    {
        var file = _scene.Write("", "openssl.pem");
        (await CommandResult.OfAsync("openssl", ["genrsa", "-out", file, "2048"])).Succeeded();
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        using var expected = RSA.Create();
        expected.ImportFromPem(await File.ReadAllTextAsync(file));

        using var key = OperatorKeyFile.Read(file, null, _arena);

        Assert.Equal(OperatorPublicKey.FromDer(expected.ExportSubjectPublicKeyInfo())!.ToString(), key.PublicKey.ToString());
    }

    [Fact]
    public void A_PKCS8_file_that_is_cut_or_holds_another_key_is_refused()
    {
        using var elliptic = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var der = _rsa.ExportPkcs8PrivateKey();
        foreach (
            var bytes in new[] { elliptic.ExportPkcs8PrivateKey(), der[..^1], der[..40], der[..4], [], [0x30, 0x03, 0x02, 0x01, 0x00] }
        )
        {
            var refused = Assert.Throws<KeystoreException>(() =>
                OperatorKeyFile.Read(_scene.Write(PemEncoding.WriteString("PRIVATE KEY", bytes)), null, _arena)
            );
            Assert.Equal(KeystoreFault.Malformed, refused.Fault);
        }
    }

    [Fact]
    public void An_encrypted_key_opens_with_its_password_alone()
    {
        var file = _scene.WriteEncrypted(_pem, "correct horse", _publicKey);

        using var key = OperatorKeyFile.Read(file, _scene.Write("correct horse\n", "password"), _arena);

        Assert.Equal(_publicKey, key.PublicKey.ToString());
        Assert.Equal(
            KeystoreFault.WrongPassword,
            Assert.Throws<KeystoreException>(() => OperatorKeyFile.Read(file, _scene.Write("battery staple", "password"), _arena)).Fault
        );
        Assert.Equal(
            KeystoreFault.PasswordUnreadable,
            Assert.Throws<KeystoreException>(() => OperatorKeyFile.Read(file, null, _arena)).Fault
        );
    }

    [Fact]
    public void What_holds_no_operator_key_is_refused_with_a_hint()
    {
        foreach (
            var text in new[]
            {
                "nothing",
                "{}",
                "{",
                "LS0t",
                "LS0t!",
                _rsa.ExportEncryptedPkcs8PrivateKeyPem(
                    "password",
                    new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1)
                ),
                _rsa.ExportRSAPublicKeyPem(),
                _pem[..400] + _pem[600..],
                _pem.Replace("END", "BEGIN", StringComparison.Ordinal),
            }
        )
        {
            var refused = Assert.Throws<KeystoreException>(() =>
                OperatorKeyFile.Read(_scene.Write(text), _scene.Write("password", "password"), _arena)
            );
            Assert.NotEmpty(refused.Hint);
            Assert.DoesNotContain(_pem[40..80], refused.ToString(), StringComparison.Ordinal);
        }
    }
}
