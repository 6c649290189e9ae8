namespace RemoteSigner.Tpm2;

/// <summary>TPMT_SIGNATURE (TPM 2.0 Library Part 2 §11.3.4) of ECDSA with SHA-256 on P-256, as 64 bytes: r then s, 32 each.</summary>
internal static class TpmtSignature
{
    private const int Size = 32;

    public static byte[] Read(ref TpmReader reader)
    {
        var (scheme, hash) = (reader.Algorithm(), reader.Algorithm());
        if (scheme != TpmAlg.ECDSA || hash != TpmAlg.SHA256)
        {
            throw new TpmIntegrityException(TpmIntegrityFault.Malformed, $"the signature is {scheme} with {hash}, not ECDSA with SHA256");
        }

        var signature = new byte[2 * Size];
        Pad(reader.Sized(), signature.AsSpan(0, Size));
        Pad(reader.Sized(), signature.AsSpan(Size));
        return signature;
    }

    public static void Write(ref TpmWriter writer, ReadOnlySpan<byte> signature)
    {
        writer.Algorithm(TpmAlg.ECDSA);
        writer.Algorithm(TpmAlg.SHA256);
        writer.Sized(signature[..Size]);
        writer.Sized(signature[Size..]);
    }

    private static void Pad(ReadOnlySpan<byte> number, Span<byte> field)
    {
        if (number.Length > Size)
        {
            throw new TpmIntegrityException(TpmIntegrityFault.Malformed, $"half of a P-256 signature has {number.Length} bytes");
        }

        number.CopyTo(field[(Size - number.Length)..]);
    }
}
