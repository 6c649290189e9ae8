using System.Buffers.Binary;

namespace RemoteSigner.Tpm2;

/// <content>Chapter 31 of Part 3: NV indices. Each command is authorized with the index's own value, unless the owner is named.</content>
public sealed partial class Tpm
{
    private int? _nvBufferMax;

    // Whoever sits on the bus may answer this: not so little that a transfer never ends, not more than fits into a command.
    private int NvBufferMax => _nvBufferMax ??= (int)Math.Clamp(FindProperty(TpmPt.NV_BUFFER_MAX) ?? 512, 64, 2048);

    /// <summary>TPM2_NV_DefineSpace, Part 3 §31.3: a new index with this authorization value, which the session hides on its way.</summary>
    /// <exception cref="TpmException">NV_DEFINED when the handle is taken, NV_SPACE when the NV memory is full.</exception>
    public NvIndex NvDefineSpace(TpmAuthorization owner, TpmsNvPublic publicArea, ReadOnlySpan<byte> authValue)
    {
        using var buffer = new PinnedBytes(256);
        var writer = new TpmWriter(buffer.Span);
        writer.Sized(authValue);
        writer.Sized(publicArea.ToArray());
        Run(TpmCc.NV_DefineSpace, [TpmEntity.Owner], [owner], writer.Written).Dispose();
        return new NvIndex(publicArea);
    }

    /// <summary>
    /// TPM2_NV_UndefineSpace, Part 3 §31.4: the index is gone; a counter that is defined anew still counts on from where it was.
    /// </summary>
    public void NvUndefineSpace(TpmAuthorization owner, NvIndex index) =>
        Run(TpmCc.NV_UndefineSpace, [TpmEntity.Owner, index], [owner], []).Dispose();

    /// <summary>
    /// TPM2_NV_ReadPublic, Part 3 §31.6. The Name is computed from what came, and means nothing until it is pinned or used in an HMAC
    /// session.
    /// </summary>
    /// <exception cref="TpmException">HANDLE when there is no such index.</exception>
    public NvIndex NvReadPublic(uint handle)
    {
        using var response = Run(TpmCc.NV_ReadPublic, [TpmEntity.OfHandle(handle)], [], []);
        var reader = response.Reader;
        return new NvIndex(TpmsNvPublic.Parse(reader.Sized()));
    }

    /// <summary>
    /// TPM2_NV_Increment, Part 3 §31.8. The first one changes the index's Name: go on with <see cref="NvIndex.AsWritten"/>. When no answer
    /// came it may have been done or not: read the counter back.
    /// </summary>
    public void NvIncrement(NvIndex counter, TpmAuthorization authorization, TpmEntity? authorizedBy = null) =>
        Run(TpmCc.NV_Increment, [authorizedBy ?? counter, counter], [authorization], []).Dispose();

    /// <summary>TPM2_NV_Read, Part 3 §31.13, of a counter.</summary>
    /// <exception cref="TpmException">NV_UNINITIALIZED before the first increment.</exception>
    public ulong NvReadCounter(NvIndex counter, TpmAuthorization authorization, TpmEntity? authorizedBy = null)
    {
        Span<byte> value = stackalloc byte[8];
        NvRead(counter, authorization, value, 0, authorizedBy);
        return BinaryPrimitives.ReadUInt64BigEndian(value);
    }

    /// <summary>
    /// TPM2_NV_Read, Part 3 §31.13: fills <paramref name="destination"/> from <paramref name="offset"/> on, in as few commands as the TPM's
    /// buffer allows.
    /// </summary>
    /// <exception cref="TpmException">NV_UNINITIALIZED before the first write, NV_RANGE past the end.</exception>
    public void NvRead(
        NvIndex index,
        TpmAuthorization authorization,
        Span<byte> destination,
        int offset = 0,
        TpmEntity? authorizedBy = null
    )
    {
        Span<byte> buffer = stackalloc byte[4];
        while (!destination.IsEmpty)
        {
            var count = Math.Min(destination.Length, NvBufferMax);
            var writer = new TpmWriter(buffer);
            writer.UInt16(count);
            writer.UInt16(offset);
            using var response = Run(TpmCc.NV_Read, [authorizedBy ?? index, index], [authorization], writer.Written);
            var reader = response.Reader;
            var bytes = reader.Sized();
            if (bytes.Length != count)
            {
                throw new TpmIntegrityException(TpmIntegrityFault.Malformed, $"TPM2_NV_Read gave {bytes.Length} bytes for {count}");
            }

            bytes.CopyTo(destination);
            destination = destination[count..];
            offset += count;
        }
    }

    /// <summary>
    /// TPM2_NV_Write, Part 3 §31.7, in as few commands as the TPM's buffer allows. One command is done or not done; of several, only the
    /// first ones may be. The first write changes the index's Name: go on with <see cref="NvIndex.AsWritten"/>.
    /// </summary>
    /// <exception cref="TpmException">NV_RANGE past the end, or when an index with WRITEALL is not written whole.</exception>
    public void NvWrite(
        NvIndex index,
        TpmAuthorization authorization,
        ReadOnlySpan<byte> data,
        int offset = 0,
        TpmEntity? authorizedBy = null
    )
    {
        using var buffer = new PinnedBytes(NvBufferMax + 4);
        for (; !data.IsEmpty; index = index.AsWritten())
        {
            var count = Math.Min(data.Length, NvBufferMax);
            var writer = new TpmWriter(buffer.Span);
            writer.Sized(data[..count]);
            writer.UInt16(offset);
            Run(TpmCc.NV_Write, [authorizedBy ?? index, index], [authorization], writer.Written).Dispose();
            data = data[count..];
            offset += count;
        }
    }
}
