using System.Security.Cryptography;

namespace RemoteSigner.Tpm2;

/// <summary>Memory for a secret: the collector does not move it, so no copy stays behind, and it is zeroed when disposed.</summary>
internal sealed class PinnedBytes(int length) : IDisposable
{
    private readonly byte[] _bytes = GC.AllocateArray<byte>(length, pinned: true);

    public Span<byte> Span => _bytes;

    public static PinnedBytes Of(ReadOnlySpan<byte> bytes)
    {
        var copy = new PinnedBytes(bytes.Length);
        bytes.CopyTo(copy.Span);
        return copy;
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);
}
