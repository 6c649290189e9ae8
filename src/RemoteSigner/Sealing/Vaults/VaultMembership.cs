using System.Buffers.Binary;
using RemoteSigner.Clusters;
using RemoteSigner.Spec;

namespace RemoteSigner.Sealing;

/// <summary>
/// A membership as a vault's record holds it: provenance (1 byte), share index (8), threshold (2), operators (2), cluster hash (32).
/// </summary>
internal static class VaultMembership
{
    internal const byte Length = 1 + 8 + 2 + 2 + Root.Length;

    internal static byte[] Write(ClusterMembership membership)
    {
        if (membership.ShareIndex == 0 || membership.Threshold < 1 || membership.Threshold > membership.Operators)
        {
            throw new ArgumentException(
                $"share {membership.ShareIndex} of a threshold of {membership.Threshold} among {membership.Operators} cannot be"
            );
        }

        var bytes = new byte[Length];
        bytes[0] = (byte)membership.Provenance;
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(1), membership.ShareIndex);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(9), checked((ushort)membership.Threshold));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(11), checked((ushort)membership.Operators));
        membership.ClusterHash.Bytes.CopyTo(bytes.AsSpan(13));
        return bytes;
    }

    internal static ClusterMembership? Read(ref VaultReader reader)
    {
        var length = reader.Byte();
        if (length is not (0 or Length))
        {
            throw VaultReader.Malformed($"a membership has {length} bytes");
        }

        return length == 0 ? null : ReadFields(ref reader);
    }

    private static ClusterMembership ReadFields(ref VaultReader reader)
    {
        var provenance = (ShareProvenance)reader.Byte();
        var (index, threshold, operators) = (reader.UInt64(), reader.UInt16(), reader.UInt16());
        var hash = new Root(reader.Take(Root.Length));
        return Enum.IsDefined(provenance) && index > 0 && threshold > 0 && threshold <= operators
            ? new ClusterMembership(index, threshold, operators, hash, provenance)
            : throw VaultReader.Malformed("a membership cannot be");
    }
}
