using System.Security.Cryptography;
using RemoteSigner.Native;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Sealing.Tpm2;

/// <summary>
/// The key (ECDSA, NIST P-256) that approves which firmware may open a vault. The public half stands in the vault's slot and in the sealed
/// object's policy; the private half belongs offline, with whoever releases firmware.
/// </summary>
public sealed class ReleaseKey : IDisposable
{
    /// <summary>Bytes of the public key in a slot: x then y.</summary>
    internal const int PointLength = 64;

    /// <summary>More bytes than the PKCS#8 form of a P-256 key has (138).</summary>
    private const int MaxDer = 256;

    private readonly ECDsa _key;

    private ReleaseKey(ECDsa key, bool canSign)
    {
        if (key.KeySize != 256)
        {
            key.Dispose();
            throw Unusable("it is not on the curve P-256", null);
        }

        (_key, CanSign) = (key, canSign);
        var point = key.ExportParameters(includePrivateParameters: false);
        Point = [.. point.Q.X!, .. point.Q.Y!];
        Public = EccPublic.VerifyingKey(point.Q);
    }

    /// <summary>Is the private half here?</summary>
    public bool CanSign { get; }

    /// <summary>SHA-256 Name of the key in the TPM's words, which the policy holds.</summary>
    public TpmName Name => Public.Name;

    /// <summary>x then y, 64 bytes.</summary>
    internal byte[] Point { get; }

    internal EccPublic Public { get; }

    /// <summary>A new pair.</summary>
    public static ReleaseKey Generate() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256), canSign: true);

    /// <summary>Reads a PEM, of the private half or of the public one; encrypted PKCS#8 needs <paramref name="password"/>.</summary>
    /// <exception cref="VaultException">It is no such key, or the password is wrong.</exception>
    public static ReleaseKey FromPem(SecretBytes pem, SecretBytes? password)
    {
        var key = ECDsa.Create();
        try
        {
            SecretPem.Import(key, pem, password);
            return new ReleaseKey(key, pem.Span.IndexOf("PRIVATE KEY"u8) >= 0);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw Unusable(e.Message, e);
        }
    }

    /// <summary>The public half in PEM.</summary>
    public string ExportPublicPem() => _key.ExportSubjectPublicKeyInfoPem() + "\n";

    /// <summary>The private half in PKCS#8 PEM, for the folder that is carried away; the caller zeroes it.</summary>
    public byte[] ExportPrivatePem()
    {
        var buffer = GC.AllocateUninitializedArray<byte>(MaxDer, pinned: true);
        var text = GC.AllocateUninitializedArray<char>(PemEncoding.GetEncodedSize("PRIVATE KEY".Length, MaxDer), pinned: true);
        try
        {
            _key.TryExportPkcs8PrivateKey(buffer, out var written);
            PemEncoding.TryWrite("PRIVATE KEY", buffer.AsSpan(0, written), text, out var length);
            var pem = GC.AllocateUninitializedArray<byte>(length + 1, pinned: true);
            System.Text.Encoding.ASCII.GetBytes(text.AsSpan(0, length), pem);
            pem[length] = (byte)'\n';
            return pem;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
            CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(text.AsSpan()));
        }
    }

    public void Dispose() => _key.Dispose();

    internal static ReleaseKey FromPoint(ReadOnlySpan<byte> point)
    {
        try
        {
            return new ReleaseKey(
                ECDsa.Create(
                    new ECParameters
                    {
                        Curve = ECCurve.NamedCurves.nistP256,
                        Q = new ECPoint { X = point[..32].ToArray(), Y = point[32..].ToArray() },
                    }
                ),
                canSign: false
            );
        }
        catch (CryptographicException e)
        {
            throw Unusable(e.Message, e);
        }
    }

    /// <summary>64 bytes, r then s.</summary>
    internal byte[] Approve(ReadOnlySpan<byte> digest) =>
        CanSign
            ? _key.SignHash(digest)
            : throw new VaultException(
                VaultFault.WrongKey,
                "the public half of the release key cannot approve anything",
                "give the private key that lies offline"
            );

    internal bool Verifies(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature) => _key.VerifyHash(digest, signature);

    private static VaultException Unusable(string why, Exception? cause) =>
        new(
            VaultFault.WrongKey,
            $"cannot use this release key: {why}",
            "give an ECDSA key on P-256 in PEM: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256",
            cause
        );
}
