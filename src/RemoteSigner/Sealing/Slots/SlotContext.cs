using System.Security.Cryptography;

namespace RemoteSigner.Sealing;

/// <summary>
/// The 48 bytes an RSA slot wraps: root key (32) and the first 16 bytes of SHA-256(context). OAEP labels are not portable, so the binding
/// is inside.
/// </summary>
internal static class SlotContext
{
    internal const int RootKeyLength = 32;
    internal const int BoundLength = RootKeyLength + BindingLength;
    private const int BindingLength = 16;

    internal static void Bind(ReadOnlySpan<byte> rootKey, ReadOnlySpan<byte> context, Span<byte> bound)
    {
        rootKey.CopyTo(bound);
        SHA256.HashData(context).AsSpan(0, BindingLength).CopyTo(bound[RootKeyLength..]);
    }

    /// <exception cref="VaultException">The bytes were wrapped for another vault.</exception>
    internal static void Check(ReadOnlySpan<byte> bound, ReadOnlySpan<byte> context)
    {
        if (
            bound.Length != BoundLength
            || !CryptographicOperations.FixedTimeEquals(bound[RootKeyLength..], SHA256.HashData(context).AsSpan(0, BindingLength))
        )
        {
            throw WrongKey(null);
        }
    }

    internal static VaultException WrongKey(Exception? cause) =>
        new(
            VaultFault.WrongKey,
            "the slot opens to something that is not this vault's root key",
            "the vault or its slot was changed, or taken from another vault: restore it from a backup",
            cause
        );
}
