namespace RemoteSigner.Tpm2;

/// <summary>
/// TPMT_PUBLIC (TPM 2.0 Library Part 2 §12.2.4), the public area of an object: an <see cref="EccPublic"/>, an <see cref="RsaPublic"/> or a
/// <see cref="KeyedHashPublic"/>. The name algorithm is always SHA-256. Equal when the Names are.
/// </summary>
public abstract class TpmtPublic
{
    // More than an RSA key of 4096 bits; its Name is computed over as much.
    private const int MaxSize = 1024;

    private protected TpmtPublic(TpmaObject attributes, byte[] authPolicy) => (Attributes, AuthPolicy) = (attributes, authPolicy);

    public TpmaObject Attributes { get; }

    /// <summary>The policy digest that allows the object's use: 32 bytes, or none.</summary>
    public byte[] AuthPolicy { get; }

    /// <summary>The object's Name, computed here from the public area: nothing a TPM said about it is believed.</summary>
    public TpmName Name => TpmName.OfPublicArea(ToArray());

    private protected abstract TpmAlg Type { get; }

    /// <summary>The public area in the TPM's own encoding.</summary>
    public byte[] ToArray()
    {
        Span<byte> buffer = stackalloc byte[MaxSize];
        var writer = new TpmWriter(buffer);
        writer.Algorithm(Type);
        writer.Algorithm(TpmAlg.SHA256);
        writer.UInt32((uint)Attributes);
        writer.Sized(AuthPolicy);
        WriteParameters(ref writer);
        return writer.Written.ToArray();
    }

    /// <exception cref="TpmIntegrityException">Not a public area, or of a kind that this codec does not know.</exception>
    public static TpmtPublic Parse(ReadOnlySpan<byte> publicArea)
    {
        var reader = new TpmReader(
            publicArea.Length <= MaxSize
                ? publicArea
                : throw new TpmIntegrityException(TpmIntegrityFault.Malformed, $"a public area has {publicArea.Length} bytes")
        );
        var type = reader.Algorithm();
        if (reader.Algorithm() is var nameAlg and not TpmAlg.SHA256)
        {
            throw new TpmIntegrityException(TpmIntegrityFault.Malformed, $"the object is named with algorithm {nameAlg}, not SHA256");
        }

        var attributes = (TpmaObject)reader.UInt32();
        var policy = reader.Sized().ToArray();
        TpmtPublic area = type switch
        {
            TpmAlg.ECC => EccPublic.Read(attributes, policy, ref reader),
            TpmAlg.RSA => RsaPublic.Read(attributes, policy, ref reader),
            TpmAlg.KEYEDHASH => KeyedHashPublic.Read(attributes, policy, ref reader),
            _ => throw new TpmIntegrityException(TpmIntegrityFault.Malformed, $"objects of type {type} are not known"),
        };
        reader.End();
        return area;
    }

    private protected abstract void WriteParameters(ref TpmWriter writer);
}
