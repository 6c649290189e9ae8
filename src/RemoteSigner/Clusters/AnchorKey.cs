using System.Security.Cryptography;
using RemoteSigner.Native;

namespace RemoteSigner.Clusters;

/// <summary>
/// 32 bytes that are derived from a vault's root key, in secret memory: they authenticate what is remembered of an anchored document.
/// Whoever can write into the archive but cannot open the vault anchors nothing.
/// </summary>
public sealed class AnchorKey(SecretBytes bytes) : IDisposable
{
    public void Dispose() => bytes.Dispose();

    /// <summary>HMAC-SHA-256.</summary>
    internal byte[] Authenticate(ReadOnlySpan<byte> text) => HMACSHA256.HashData(bytes.Span, text);
}
