using System.Security.Cryptography;
using RemoteSigner.Native;
using RemoteSigner.Sealing.Pkcs11;

namespace RemoteSigner.Sealing;

/// <summary>
/// AES-GCM in a token. The wrapped form is length of the IV (1 byte) ‖ the IV that was used ‖ ciphertext ‖ tag, whoever made the IV.
/// </summary>
internal static class GcmWrap
{
    internal static byte[] Wrap(Pkcs11Session session, HsmAesGcm gcm, ulong key, SecretBytes rootKey, ReadOnlySpan<byte> context)
    {
        var iv = Template.Pinned(new byte[gcm.IvBytes]);
        if (gcm.IvSource == HsmIvSource.Caller)
        {
            RandomNumberGenerator.Fill(iv);
        }

        var ivBits = gcm.IvSource == HsmIvSource.Caller ? gcm.IvBytes * 8 : 0;
        var output = session.Encrypt(Mechanism.Gcm(iv, ivBits, context, gcm.TagBits), key, rootKey);
        var (used, cipher) = Separate(gcm, iv, output, rootKey.Length + (gcm.TagBits / 8));
        return [(byte)used.Length, .. used, .. cipher];
    }

    internal static SecretBytes Unwrap(
        Pkcs11Session session,
        HsmAesGcm gcm,
        ulong key,
        ReadOnlySpan<byte> wrapped,
        ReadOnlySpan<byte> context,
        SecretArena arena
    )
    {
        var ivLength = wrapped.IsEmpty ? 0 : wrapped[0];
        if (wrapped.Length != 1 + ivLength + SlotContext.RootKeyLength + (gcm.TagBits / 8) || ivLength is < 12 or > 16)
        {
            throw SlotContext.WrongKey(null);
        }

        var iv = Template.Pinned(wrapped.Slice(1, ivLength));
        var rootKey = session.Decrypt(
            Mechanism.Gcm(iv, ivLength * 8, context, gcm.TagBits),
            key,
            wrapped[(1 + ivLength)..].ToArray(),
            arena
        );
        if (rootKey.Length == SlotContext.RootKeyLength)
        {
            return rootKey;
        }

        rootKey.Dispose();
        throw SlotContext.WrongKey(null);
    }

    /// <summary>Takes the IV that was used, and ciphertext with tag, out of what the token gave.</summary>
    internal static (byte[] Iv, byte[] Cipher) Separate(HsmAesGcm gcm, byte[] iv, byte[] output, int cipherLength)
    {
        var expected = cipherLength + (gcm.IvPlacement == HsmIvPlacement.Parameter ? 0 : gcm.IvBytes);
        if (output.Length != expected)
        {
            throw new TokenException(
                TokenFault.MechanismNotOffered,
                $"the token's AES-GCM gave {output.Length} bytes where the profile expects {expected}",
                "correct aesGcm.ivPlacement or aesGcm.tagBits in the profile"
            );
        }

        var (used, cipher) = gcm.IvPlacement switch
        {
            HsmIvPlacement.Suffix => (output[cipherLength..], output[..cipherLength]),
            HsmIvPlacement.Prefix => (output[..gcm.IvBytes], output[gcm.IvBytes..]),
            _ => (iv, output),
        };
        return used.AsSpan().IndexOfAnyExcept((byte)0) >= 0
            ? (used, cipher)
            : throw new TokenException(
                TokenFault.MechanismNotOffered,
                "the token did not make an IV of its own",
                "set aesGcm.ivSource to caller in the profile"
            );
    }
}
