namespace RemoteSigner.Tpm2;

/// <summary>
/// TPML_PCR_SELECTION (TPM 2.0 Library Part 2 §10.9.7) over the SHA-256 bank: which of PCR 0 to 23. As text like tpm2-tools:
/// <c>sha256:7,11</c>. Equal by value.
/// </summary>
public readonly record struct TpmlPcrSelection
{
    private const int BitmapSize = 3;

    private readonly uint _bits;

    private TpmlPcrSelection(uint bits) => _bits = bits;

    /// <exception cref="ArgumentOutOfRangeException">An index outside 0 to 23.</exception>
    public static TpmlPcrSelection Sha256(params ReadOnlySpan<int> indices)
    {
        uint bits = 0;
        foreach (var index in indices)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, 8 * BitmapSize);
            bits |= 1u << index;
        }

        return new TpmlPcrSelection(bits);
    }

    /// <summary>The chosen indices in ascending order, which is the order their values are hashed in.</summary>
    public IEnumerable<int> Indices
    {
        get
        {
            var bits = _bits;
            return Enumerable.Range(0, 8 * BitmapSize).Where(index => (bits >> index & 1) == 1);
        }
    }

    public bool IsEmpty => _bits == 0;

    public override string ToString() => "sha256:" + string.Join(',', Indices);

    internal TpmlPcrSelection Except(TpmlPcrSelection other) => new(_bits & ~other._bits);

    internal void Write(ref TpmWriter writer)
    {
        writer.UInt32(1);
        writer.Algorithm(TpmAlg.SHA256);
        writer.UInt8(BitmapSize);
        for (var octet = 0; octet < BitmapSize; octet++)
        {
            writer.UInt8((byte)(_bits >> 8 * octet & 0xFF));
        }
    }

    internal static TpmlPcrSelection Read(ref TpmReader reader)
    {
        if (reader.UInt32() is var banks and not 1 || reader.Algorithm() != TpmAlg.SHA256)
        {
            throw new TpmIntegrityException(TpmIntegrityFault.Malformed, "the PCR selection is not one of the SHA-256 bank alone");
        }

        var bitmap = reader.Bytes(reader.UInt8());
        uint bits = 0;
        for (var octet = 0; octet < Math.Min(bitmap.Length, BitmapSize); octet++)
        {
            bits |= (uint)bitmap[octet] << 8 * octet;
        }

        return new TpmlPcrSelection(bits);
    }
}
