namespace RemoteSigner.Tpm2;

/// <summary>The public area of sealed data. <see cref="Unique"/> is empty in a template and 32 bytes in what the TPM made.</summary>
public sealed class KeyedHashPublic(TpmaObject attributes, byte[] authPolicy, byte[] unique) : TpmtPublic(attributes, authPolicy)
{
    public byte[] Unique { get; } = unique;

    private protected override TpmAlg Type => TpmAlg.KEYEDHASH;

    /// <summary>
    /// The template of sealed data. With a policy, userWithAuth stays clear: otherwise the bare authorization value would do, and the
    /// policy were decoration. Without dictionary attack protection (<paramref name="noDA"/>) a crash loop cannot lock it; a PIN that a
    /// person chose needs the protection.
    /// </summary>
    public static KeyedHashPublic SealedUnder(PolicyDigest policy, bool noDA) =>
        new(TpmaObject.FixedTPM | TpmaObject.FixedParent | (noDA ? TpmaObject.NoDA : TpmaObject.None), policy.ToArray(), []);

    /// <summary>The template of sealed data that its authorization value alone opens.</summary>
    public static KeyedHashPublic SealedUnderAuthValue(bool noDA) =>
        new(TpmaObject.FixedTPM | TpmaObject.FixedParent | TpmaObject.UserWithAuth | (noDA ? TpmaObject.NoDA : TpmaObject.None), [], []);

    internal static KeyedHashPublic Read(TpmaObject attributes, byte[] policy, ref TpmReader reader)
    {
        if (reader.Algorithm() is var scheme and not TpmAlg.NULL)
        {
            throw new TpmIntegrityException(TpmIntegrityFault.Malformed, $"the object is a key for {scheme}, not sealed data");
        }

        return new KeyedHashPublic(attributes, policy, reader.Sized().ToArray());
    }

    private protected override void WriteParameters(ref TpmWriter writer)
    {
        writer.Algorithm(TpmAlg.NULL);
        writer.Sized(Unique);
    }
}
