namespace RemoteSigner.Tpm2;

/// <summary>TPMT_ASYM_SCHEME and its kin (TPM 2.0 Library Part 2 §11.2): how a key signs or derives, or nothing fixed.</summary>
public readonly record struct TpmtScheme(TpmAlg Scheme, TpmAlg Hash)
{
    public static TpmtScheme None { get; } = new(TpmAlg.NULL, TpmAlg.NULL);

    public static TpmtScheme EcdsaSha256 { get; } = new(TpmAlg.ECDSA, TpmAlg.SHA256);

    internal void Write(ref TpmWriter writer)
    {
        writer.Algorithm(Scheme);
        if (HasHash(Scheme))
        {
            writer.Algorithm(Hash);
        }
    }

    internal static TpmtScheme Read(ref TpmReader reader)
    {
        var scheme = reader.Algorithm();
        if (scheme == TpmAlg.ECDAA)
        {
            throw new TpmIntegrityException(TpmIntegrityFault.Malformed, "the key uses the ECDAA scheme, which this codec does not know");
        }

        return HasHash(scheme) ? new(scheme, reader.Algorithm()) : new(scheme, TpmAlg.NULL);
    }

    private static bool HasHash(TpmAlg scheme) => scheme is not (TpmAlg.NULL or TpmAlg.RSAES);
}
