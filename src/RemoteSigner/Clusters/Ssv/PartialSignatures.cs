using System.Buffers.Binary;

namespace RemoteSigner.Clusters.Ssv;

/// <summary>
/// Partial signatures in SSZ (ssv-spec, types/partial_sig_message.go): Type (8), Slot (8), offset; then for each a signature (96), its
/// signing root (32), the operator (8) and the validator's index (8).
/// </summary>
internal static class PartialSignatures
{
    private const int LastType = 6;
    private const int OffsetAt = 16;
    private const int FixedLength = 20;
    private const int ItemLength = 144;
    private const int SignerAt = 128;
    private const int MaxItems = 5048;

    /// <summary>The one operator that all of them are from; null when it is no such message.</summary>
    public static ulong? SignerOf(ReadOnlySpan<byte> data)
    {
        if (
            data.Length < FixedLength + ItemLength
            || (data.Length - FixedLength) % ItemLength != 0
            || (data.Length - FixedLength) / ItemLength > MaxItems
            || BinaryPrimitives.ReadUInt64LittleEndian(data) > LastType
            || BinaryPrimitives.ReadUInt32LittleEndian(data[OffsetAt..]) != FixedLength
        )
        {
            return null;
        }

        var signer = BinaryPrimitives.ReadUInt64LittleEndian(data[(FixedLength + SignerAt)..]);
        for (var at = FixedLength + ItemLength; at < data.Length; at += ItemLength)
        {
            if (BinaryPrimitives.ReadUInt64LittleEndian(data[(at + SignerAt)..]) != signer)
            {
                return null;
            }
        }

        return signer == 0 ? null : signer;
    }
}
