namespace RemoteSigner.Tpm2;

/// <summary>
/// TPMS_NV_PUBLIC (TPM 2.0 Library Part 2 §13.6): what an NV index is. The handle lies in 0x01000000 to 0x01FFFFFF; a counter has 8 bytes.
/// </summary>
public sealed class TpmsNvPublic(uint handle, TpmaNv attributes, byte[] authPolicy, int size)
{
    /// <summary>Read and written by whoever knows the index's authorization value or the owner's; a crash loop cannot lock it.</summary>
    private const TpmaNv Ours = TpmaNv.AuthRead | TpmaNv.AuthWrite | TpmaNv.OwnerRead | TpmaNv.OwnerWrite | TpmaNv.NoDA;

    private const int MaxSize = 128;

    public uint Handle { get; } = handle;

    public TpmaNv Attributes { get; } = attributes;

    public byte[] AuthPolicy { get; } = authPolicy;

    /// <summary>Bytes the index holds.</summary>
    public int Size { get; } = size;

    /// <summary>The index's Name. It changes with the first write, which sets the WRITTEN bit.</summary>
    public TpmName Name => TpmName.OfPublicArea(ToArray());

    public bool IsWritten => Attributes.HasFlag(TpmaNv.Written);

    /// <summary>A counter, 64 bits. It starts above every counter the TPM ever had, so defining it anew takes nothing back.</summary>
    public static TpmsNvPublic Counter(uint handle) => new(handle, Ours | TpmaNv.Counter, [], 8);

    /// <summary>
    /// Plain bytes. WRITEALL, so a write is all of it or none; the size is limited by the TPM to what one command carries (NV_BUFFER_MAX,
    /// 1024 with swtpm).
    /// </summary>
    public static TpmsNvPublic Ordinary(uint handle, int size) => new(handle, Ours | TpmaNv.WriteAll, [], size);

    /// <summary>The same index after its first write: its final Name, known before it exists.</summary>
    public TpmsNvPublic AsWritten() => new(Handle, Attributes | TpmaNv.Written, AuthPolicy, Size);

    public byte[] ToArray()
    {
        Span<byte> buffer = stackalloc byte[MaxSize];
        var writer = new TpmWriter(buffer);
        writer.UInt32(Handle);
        writer.Algorithm(TpmAlg.SHA256);
        writer.UInt32((uint)Attributes);
        writer.Sized(AuthPolicy);
        writer.UInt16(Size);
        return writer.Written.ToArray();
    }

    /// <exception cref="TpmIntegrityException">Not such a structure, or not named with SHA-256.</exception>
    public static TpmsNvPublic Parse(ReadOnlySpan<byte> bytes)
    {
        var reader = new TpmReader(
            bytes.Length <= MaxSize
                ? bytes
                : throw new TpmIntegrityException(TpmIntegrityFault.Malformed, $"the public area of an NV index has {bytes.Length} bytes")
        );
        var handle = reader.UInt32();
        if (reader.Algorithm() is var nameAlg and not TpmAlg.SHA256)
        {
            throw new TpmIntegrityException(
                TpmIntegrityFault.Malformed,
                $"NV index 0x{handle:X8} is named with algorithm {nameAlg}, not SHA256"
            );
        }

        var area = new TpmsNvPublic(handle, (TpmaNv)reader.UInt32(), reader.Sized().ToArray(), reader.UInt16());
        reader.End();
        return area;
    }
}
