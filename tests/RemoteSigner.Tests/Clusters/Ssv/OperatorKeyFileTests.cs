using System.Security.Cryptography;
using System.Text;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Keys;
using RemoteSigner.Native;

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
        foreach (var text in new[] { _pem, _pem + "\n", "a line before\r\n" + _pem.ReplaceLineEndings("\r\n"), Convert.ToBase64String(Encoding.ASCII.GetBytes(_pem)) + "\n" })
        {
            using var key = OperatorKeyFile.Read(_scene.Write(text), null, _arena);
            Assert.Equal(_publicKey, key.PublicKey.ToString());
        }
    }

    [Fact]
    public void An_encrypted_key_opens_with_its_password_alone()
    {
        var file = _scene.WriteEncrypted(_pem, "correct horse", _publicKey);

        using var key = OperatorKeyFile.Read(file, _scene.Write("correct horse\n", "password"), _arena);

        Assert.Equal(_publicKey, key.PublicKey.ToString());
        Assert.Equal(KeystoreFault.WrongPassword, Assert.Throws<KeystoreException>(() => OperatorKeyFile.Read(file, _scene.Write("battery staple", "password"), _arena)).Fault);
        Assert.Equal(KeystoreFault.PasswordUnreadable, Assert.Throws<KeystoreException>(() => OperatorKeyFile.Read(file, null, _arena)).Fault);
    }

    [Fact]
    public void What_holds_no_operator_key_is_refused_with_a_hint()
    {
        foreach (var text in new[] { "nothing", "{}", "{", "LS0t", "LS0t!", _rsa.ExportPkcs8PrivateKeyPem(), _rsa.ExportRSAPublicKeyPem(), _pem[..400] + _pem[600..], _pem.Replace("END", "BEGIN", StringComparison.Ordinal) })
        {
            var refused = Assert.Throws<KeystoreException>(() => OperatorKeyFile.Read(_scene.Write(text), _scene.Write("password", "password"), _arena));
            Assert.NotEmpty(refused.Hint);
            Assert.DoesNotContain(_pem[40..80], refused.ToString(), StringComparison.Ordinal);
        }
    }
}
