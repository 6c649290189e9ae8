using System.Security.Cryptography;

namespace RemoteSigner.Tpm2;

/// <content>Chapter 11 of Part 3: sessions.</content>
public sealed partial class Tpm
{
    private const int NonceSize = 32;

    /// <summary>TPM2_StartAuthSession, Part 3 §11.1: proves authorization values without sending them.</summary>
    public TpmSession StartHmacSession(PinnedKey saltKey) => StartSession(TpmSe.HMAC, saltKey);

    /// <summary>TPM2_StartAuthSession, Part 3 §11.1: runs a policy and then authorizes one command by it.</summary>
    public TpmSession StartPolicySession(PinnedKey saltKey) => StartSession(TpmSe.Policy, saltKey);

    /// <summary>
    /// TPM2_StartAuthSession, Part 3 §11.1: runs a policy only to see its digest. It authorizes nothing, so it needs no salt.
    /// </summary>
    public TpmSession StartTrialSession() => StartSession(TpmSe.Trial, null);

    private TpmSession StartSession(TpmSe kind, PinnedKey? saltKey)
    {
        var nonceCaller = RandomNumberGenerator.GetBytes(NonceSize);
        using var salt = saltKey is null ? null : EphemeralSecret.For(saltKey.Public, "SECRET"u8);
        Span<byte> buffer = stackalloc byte[128];
        var writer = new TpmWriter(buffer);
        writer.Sized(nonceCaller);
        writer.Sized(salt is null ? [] : salt.EncryptedSecret);
        writer.UInt8((byte)kind);
        TpmtSymDef.Aes128Cfb.Write(ref writer);
        writer.Algorithm(TpmAlg.SHA256);
        using var response = Run(TpmCc.StartAuthSession, [saltKey ?? TpmEntity.Null, TpmEntity.Null], [], writer.Written);
        var reader = response.Reader;
        var nonceTpm = reader.Sized().ToArray();
        reader.End();
        return new TpmSession(this, kind, response.Handle, SessionKey(salt, nonceTpm, nonceCaller), nonceCaller, nonceTpm);
    }

    /// <summary>Part 1 §19.6.8: KDFa over the salt (no session here is bound to an entity).</summary>
    private static PinnedBytes SessionKey(EphemeralSecret? salt, ReadOnlySpan<byte> nonceTpm, ReadOnlySpan<byte> nonceCaller)
    {
        if (salt is null)
        {
            return new PinnedBytes(0);
        }

        var key = new PinnedBytes(32);
        Kdf.KDFa(salt.Seed, "ATH"u8, nonceTpm, nonceCaller, key.Span);
        return key;
    }
}
