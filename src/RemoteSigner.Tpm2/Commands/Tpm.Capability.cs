namespace RemoteSigner.Tpm2;

/// <content>Chapter 30 of Part 3: what the TPM is and holds.</content>
public sealed partial class Tpm
{
    private const uint TPM_CAP_HANDLES = 1,
        TPM_CAP_TPM_PROPERTIES = 6;
    private const int AtOnce = 64;

    /// <summary>
    /// First handles of the ranges (Part 2 §7.2): NV indices, sessions in the TPM, sessions saved outside of it, loaded objects, persistent
    /// objects.
    /// </summary>
    public const uint NvIndices = 0x01000000,
        LoadedSessions = 0x02000000,
        SavedSessions = 0x03000000,
        TransientObjects = 0x80000000,
        PersistentObjects = 0x81000000;

    /// <summary>TPM2_GetCapability(TPM_PROPERTIES), Part 3 §30.2; null when the TPM does not have it.</summary>
    public uint? FindProperty(TpmPt property)
    {
        using var response = GetCapability(TPM_CAP_TPM_PROPERTIES, (uint)property, 1, out var reader);
        return reader.UInt32() > 0 && reader.UInt32() == (uint)property ? reader.UInt32() : null;
    }

    /// <summary>TPM2_GetCapability(HANDLES), Part 3 §30.2: every handle of a range, whose first one names it.</summary>
    public IReadOnlyList<uint> GetHandles(uint range)
    {
        var handles = new List<uint>();
        var (first, more) = (range, true);
        while (more)
        {
            using var response = GetCapability(TPM_CAP_HANDLES, first, AtOnce, out var reader, out more);
            for (var left = reader.UInt32(); left > 0; left--)
            {
                handles.Add(reader.UInt32());
            }

            // Saved sessions are named by the handles of loaded ones, and never are so many that one answer is too short.
            more &= range != SavedSessions;
            if (more && (handles.Count == 0 || handles[^1] < first || handles[^1] == uint.MaxValue))
            {
                throw new TpmIntegrityException(
                    TpmIntegrityFault.Malformed,
                    $"the TPM says that there are more handles from 0x{first:X8} on, and does not name them"
                );
            }

            first = more ? handles[^1] + 1 : first;
        }

        return handles;
    }

    /// <summary>Only for a TPM that is ours alone.</summary>
    private void FlushStale()
    {
        foreach (var range in (ReadOnlySpan<uint>)[TransientObjects, LoadedSessions, SavedSessions])
        {
            foreach (var handle in GetHandles(range))
            {
                FlushIfThere(handle);
            }
        }
    }

    // Who loaded it may have taken it away meanwhile.
    private void FlushIfThere(uint handle)
    {
        try
        {
            FlushContext(handle);
        }
        catch (TpmException gone) when (gone.Rc == TpmRc.HANDLE) { }
    }

    private TpmResponse GetCapability(uint capability, uint first, uint count, out TpmReader reader) =>
        GetCapability(capability, first, count, out reader, out _);

    private TpmResponse GetCapability(uint capability, uint first, uint count, out TpmReader reader, out bool more)
    {
        Span<byte> buffer = stackalloc byte[12];
        var writer = new TpmWriter(buffer);
        writer.UInt32(capability);
        writer.UInt32(first);
        writer.UInt32(count);
        var response = Run(TpmCc.GetCapability, [], [], writer.Written);
        reader = response.Reader;
        more = reader.UInt8() == 1;
        return reader.UInt32() == capability
            ? response
            : throw new TpmIntegrityException(
                TpmIntegrityFault.Malformed,
                "the TPM answered with another capability than it was asked for"
            );
    }
}
