using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using RemoteSigner.Native;

namespace RemoteSigner.Host.Tls;

/// <summary>A certificate with its ECDSA key, in memory until it is written: as PEM files or as PKCS#12, of mode 0600.</summary>
internal sealed class IssuedCertificate(X509Certificate2 certificate) : IDisposable
{
    private const int LongestKeyPem = 1024;

    public X509Certificate2 Certificate => certificate;

    /// <summary>Without the key.</summary>
    public string Pem => certificate.ExportCertificatePem() + "\n";

    /// <summary>Writes certificate and key (PKCS#8) as PEM.</summary>
    public void Write(string certificatePath, string keyPath)
    {
        WriteKey(keyPath);
        DurableFile.Replace(certificatePath, Encoding.ASCII.GetBytes(Pem));
    }

    /// <summary>
    /// Writes both as PKCS#12, this one certificate alone. <paramref name="legacy"/>: with 3DES and SHA-1, which is all that Go's
    /// x/crypto/pkcs12 and Java 8 read; else AES-256 and SHA-256.
    /// </summary>
    public void WritePkcs12(string path, string password, bool legacy) =>
        DurableFile.Replace(
            path,
            certificate.ExportPkcs12(
                legacy ? Pkcs12ExportPbeParameters.Pkcs12TripleDesSha1 : Pkcs12ExportPbeParameters.Pbes2Aes256Sha256,
                password
            )
        );

    public void Dispose() => certificate.Dispose();

    private void WriteKey(string path)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        var pem = GC.AllocateUninitializedArray<char>(LongestKeyPem, pinned: true);
        var bytes = GC.AllocateUninitializedArray<byte>(LongestKeyPem, pinned: true);
        try
        {
            if (!key.TryExportPkcs8PrivateKeyPem(pem, out var length))
            {
                throw new CryptographicException("a P-256 key does not fit 1024 characters of PEM");
            }

            DurableFile.Replace(path, bytes.AsSpan(0, Encoding.ASCII.GetBytes(pem.AsSpan(0, length), bytes)));
        }
        finally
        {
            Array.Clear(pem);
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
