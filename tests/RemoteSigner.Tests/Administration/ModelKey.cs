using System.Security.Cryptography;
using System.Text;
using RemoteSigner.Native;
using RemoteSigner.Sealing;

namespace RemoteSigner.Tests.Administration;

/// <summary>A key-encryption key in memory that a vault takes for one in hardware: it opens at once, however often.</summary>
internal sealed class ModelKey(string label) : IKeyEncryptionKey
{
    private const int NonceLength = 12;
    private const int TagLength = 16;

    private readonly byte[] _key = SHA256.HashData(Encoding.UTF8.GetBytes(label));

    public VaultSlotType SlotType => VaultSlotType.Pkcs11AesGcm;

    public ReadOnlyMemory<byte> Id => _key.AsMemory(0, 8);

    public string Label => label;

    public Task<byte[]> WrapAsync(SecretBytes rootKey, ReadOnlyMemory<byte> context, CancellationToken cancellation)
    {
        var wrapped = new byte[NonceLength + rootKey.Length + TagLength];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, NonceLength));
        using var aes = new AesGcm(_key, TagLength);
        aes.Encrypt(
            wrapped.AsSpan(0, NonceLength),
            rootKey.Span,
            wrapped.AsSpan(NonceLength, rootKey.Length),
            wrapped.AsSpan(^TagLength..),
            context.Span
        );
        return Task.FromResult(wrapped);
    }

    public Task<SecretBytes> UnwrapAsync(
        ReadOnlyMemory<byte> wrapped,
        ReadOnlyMemory<byte> context,
        SecretArena arena,
        CancellationToken cancellation
    )
    {
        var rootKey = arena.Allocate(wrapped.Length - NonceLength - TagLength);
        using var aes = new AesGcm(_key, TagLength);
        aes.Decrypt(
            wrapped.Span[..NonceLength],
            wrapped.Span[NonceLength..^TagLength],
            wrapped.Span[^TagLength..],
            rootKey.Span,
            context.Span
        );
        return Task.FromResult(rootKey);
    }
}
