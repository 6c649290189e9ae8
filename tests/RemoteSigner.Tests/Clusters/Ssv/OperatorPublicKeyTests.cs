using System.Security.Cryptography;
using System.Text;
using RemoteSigner.Clusters.Ssv;

namespace RemoteSigner.Tests.Clusters.Ssv;

/// <summary>The keys of the vectors, and keys made here.</summary>
public sealed class OperatorPublicKeyTests
{
    [Fact]
    public void What_SSV_shows_is_read_and_written_byte_for_byte()
    {
        foreach (
            var key in Vectors.Read("ssv-keyshares-4of3/operators.json")["operators"]!
                .AsArray()
                .Select(member => member!["publicKey"]!.GetValue<string>())
        )
        {
            Assert.True(OperatorPublicKey.TryParse(key, out var read));
            Assert.Equal(key, read.ToString());
        }
    }

    [Fact]
    public void Both_layouts_under_either_label_are_one_key()
    {
        using var rsa = RSA.Create(2048);

        var texts = new[] { rsa.ExportSubjectPublicKeyInfo(), rsa.ExportRSAPublicKey() }.SelectMany(der =>
            new[] { Encode("RSA PUBLIC KEY", der), Encode("PUBLIC KEY", der) }
        );

        Assert.Single(
            texts.Select(text => OperatorPublicKey.TryParse(text, out var key) ? key : null).Distinct(),
            OperatorPublicKey.FromDer(rsa.ExportRSAPublicKey())
        );
    }

    [Fact]
    public void What_is_no_RSA_key_of_2048_bits_is_none()
    {
        using var weak = RSA.Create(1024);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(2048);
        var good = rsa.ExportSubjectPublicKeyInfo();

        Assert.All(
            [
                "",
                "AAAA",
                "no base64!",
                Encode("PUBLIC KEY", weak.ExportSubjectPublicKeyInfo()),
                Encode("PUBLIC KEY", curve.ExportSubjectPublicKeyInfo()),
                Encode("CERTIFICATE", good),
                Encode("PUBLIC KEY", [.. good, 0]),
            ],
            text => Assert.False(OperatorPublicKey.TryParse(text, out _))
        );
    }

    private static string Encode(string label, byte[] der) =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes(PemEncoding.WriteString(label, der)));
}
