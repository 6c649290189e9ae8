using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace RemoteSigner.Clusters.Ssv;

/// <summary>
/// An operator's RSA public key as SSV shows it: base64 of a PEM. The PEM says "RSA PUBLIC KEY", but holds a SubjectPublicKeyInfo; both
/// layouts are read under either label, and only 2048 bits.
/// </summary>
public sealed class OperatorPublicKey : IEquatable<OperatorPublicKey>
{
    public const int MaxText = 1024;
    private const int Bits = 2048;

    private readonly byte[] _subjectPublicKeyInfo;

    private OperatorPublicKey(byte[] subjectPublicKeyInfo) => _subjectPublicKeyInfo = subjectPublicKeyInfo;

    /// <summary>The DER of the SubjectPublicKeyInfo (RFC 5280 §4.1).</summary>
    public ReadOnlySpan<byte> SubjectPublicKeyInfo => _subjectPublicKeyInfo;

    /// <summary>Reads what a keyshares file or the contract shows; false for anything but one RSA key of 2048 bits.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out OperatorPublicKey? key)
    {
        key = Base64.IsValid(text) && text.Length <= MaxText ? FromPem(Encoding.ASCII.GetString(Convert.FromBase64String(text))) : null;
        return key is not null;
    }

    /// <summary>From a DER; null for anything but one RSA key of 2048 bits.</summary>
    public static OperatorPublicKey? FromDer(ReadOnlySpan<byte> der)
    {
        using var rsa = RSA.Create();
        return (TryImport(der, rsa.ImportSubjectPublicKeyInfo) || TryImport(der, rsa.ImportRSAPublicKey)) && rsa.KeySize == Bits
            ? new OperatorPublicKey(rsa.ExportSubjectPublicKeyInfo())
            : null;
    }

    public bool Equals(OperatorPublicKey? other) => other is not null && SubjectPublicKeyInfo.SequenceEqual(other.SubjectPublicKeyInfo);

    public override bool Equals(object? obj) => Equals(obj as OperatorPublicKey);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_subjectPublicKeyInfo);
        return hash.ToHashCode();
    }

    /// <summary>Base64 of the PEM with SSV's label and its final line break: what the contract has, byte for byte.</summary>
    public override string ToString() =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes(PemEncoding.WriteString("RSA PUBLIC KEY", _subjectPublicKeyInfo) + "\n"));

    private static OperatorPublicKey? FromPem(string pem) =>
        PemEncoding.TryFind(pem, out var fields)
        && pem[fields.Label] is "RSA PUBLIC KEY" or "PUBLIC KEY"
        && pem.AsSpan().Trim().Length == pem[fields.Location].Length
            ? FromDer(Convert.FromBase64String(pem[fields.Base64Data]))
            : null;

    private delegate void Import(ReadOnlySpan<byte> der, out int read);

    private static bool TryImport(ReadOnlySpan<byte> der, Import import)
    {
        try
        {
            import(der, out var read);
            return read == der.Length;
        }
        // There is no other way to ask whether bytes are a key.
        catch (CryptographicException)
        {
            return false;
        }
    }
}
