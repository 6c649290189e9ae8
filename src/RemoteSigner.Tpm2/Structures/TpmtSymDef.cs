namespace RemoteSigner.Tpm2;

/// <summary>
/// TPMT_SYM_DEF_OBJECT (TPM 2.0 Library Part 2 §11.1.7): the symmetric cipher a storage key protects its children with, or none.
/// </summary>
public readonly record struct TpmtSymDef(TpmAlg Algorithm, int KeyBits, TpmAlg Mode)
{
    public static TpmtSymDef None { get; } = new(TpmAlg.NULL, 0, TpmAlg.NULL);

    public static TpmtSymDef Aes128Cfb { get; } = new(TpmAlg.AES, 128, TpmAlg.CFB);

    internal void Write(ref TpmWriter writer)
    {
        writer.Algorithm(Algorithm);
        if (Algorithm != TpmAlg.NULL)
        {
            writer.UInt16(KeyBits);
            writer.Algorithm(Mode);
        }
    }

    internal static TpmtSymDef Read(ref TpmReader reader) =>
        reader.Algorithm() is var algorithm and not TpmAlg.NULL ? new(algorithm, reader.UInt16(), reader.Algorithm()) : None;
}
