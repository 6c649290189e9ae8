using System.Buffers.Binary;
using System.Text;
using RemoteSigner.Consensus.Spec;

namespace RemoteSigner.Sealing;

/// <summary>One share as it lies in the vault: what it is, readable, and its scalar, sealed (32 bytes and a tag of 16).</summary>
internal sealed record VaultRecord(BlsPublicKey? GroupKey, BlsPublicKey ShareKey, ulong Index, string Label, byte[] Salt, byte[] Sealed)
{
    internal const int SaltLength = 32;
    internal const int SealedLength = 48;

    internal static VaultRecord[] ReadAll(ref VaultReader reader, int count)
    {
        // Not sized by the count: that is a claim until the bytes are there.
        var records = new List<VaultRecord>();
        for (var i = 0; i < count; i++)
        {
            records.Add(Read(ref reader));
        }

        return [.. records];
    }

    internal void WriteTo(Stream stream)
    {
        stream.Write(Description());
        stream.Write(Salt);
        stream.Write(Sealed);
    }

    /// <summary>Group key, share key, index and label in the bytes of the file; lengths are in it, so nothing can be read two ways.</summary>
    internal byte[] Description()
    {
        var label = Encoding.UTF8.GetBytes(Label);
        var index = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(index, Index);
        ReadOnlySpan<byte> group = GroupKey is { } key ? key.Bytes.ToArray() : [];
        return [(byte)group.Length, .. group, (byte)BlsPublicKey.Length, .. ShareKey.Bytes, .. index, (byte)label.Length, .. label];
    }

    private static VaultRecord Read(ref VaultReader reader)
    {
        var group = ReadKey(ref reader, optional: true);
        var share = ReadKey(ref reader, optional: false)!.Value;
        var index = reader.UInt64();
        var label = reader.Text(VaultFile.MostLabel);
        return new VaultRecord(group, share, index, label, reader.Take(SaltLength).ToArray(), reader.Take(SealedLength).ToArray());
    }

    private static BlsPublicKey? ReadKey(ref VaultReader reader, bool optional)
    {
        var length = reader.Byte();
        if (length == 0 && optional)
        {
            return null;
        }

        return length == BlsPublicKey.Length
            ? new BlsPublicKey(reader.Take(BlsPublicKey.Length))
            : throw VaultReader.Malformed($"a public key has {length} bytes");
    }
}
