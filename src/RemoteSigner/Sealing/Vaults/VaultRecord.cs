using System.Buffers.Binary;
using System.Text;
using RemoteSigner.Clusters;
using RemoteSigner.Spec;

namespace RemoteSigner.Sealing;

/// <summary>
/// One share as it lies in the vault: what it is, readable, and its scalar, sealed (32 bytes and a tag of 16). Records of form 1 have no membership; they stay as
/// they are when the vault is changed, because to write them anew each would have to be opened.
/// </summary>
internal sealed record VaultRecord(byte Form, BlsPublicKey? GroupKey, BlsPublicKey ShareKey, ClusterMembership? Membership, string Label, byte[] Salt, byte[] Sealed)
{
    internal const byte FirstForm = 1;
    internal const byte NewestForm = 2;
    internal const int SaltLength = 32;
    internal const int SealedLength = 48;
    private const int IndexLength = 8;

    /// <summary>What a listing says of it.</summary>
    internal VaultListing.Share Listed { get; } = new(ShareKey, GroupKey, Membership, Label);

    // As it was read, so that a change of the vault does not write anew what it leaves as it is; empty for one that is new.
    private ReadOnlyMemory<byte> _read;

    /// <param name="reader">Stands at the first record.</param>
    /// <param name="file">What the reader walks over.</param>
    internal static VaultRecord[] ReadAll(ref VaultReader reader, ReadOnlyMemory<byte> file, int count, ushort version)
    {
        // Not sized by the count: that is a claim until the bytes are there.
        var records = new List<VaultRecord>();
        for (var i = 0; i < count; i++)
        {
            var start = reader.Position;
            var form = version == VaultFile.FirstVersion ? FirstForm : reader.Byte();
            var record = form is FirstForm or NewestForm ? ReadOne(ref reader, form) : throw VaultReader.Malformed($"a record has the unknown form {form}");

            // In the first version of the file a record stands without its form.
            record._read = version == VaultFile.FirstVersion ? default : file[start..reader.Position];
            records.Add(record);
        }

        return [.. records];
    }

    internal void WriteTo(Stream stream)
    {
        if (!_read.IsEmpty)
        {
            stream.Write(_read.Span);
            return;
        }

        stream.WriteByte(Form);
        stream.Write(Description());
        stream.Write(Salt);
        stream.Write(Sealed);
    }

    /// <summary>Keys, membership and label in the bytes of the file; lengths are in it, so nothing can be read two ways.</summary>
    internal byte[] Description()
    {
        var label = Encoding.UTF8.GetBytes(Label);
        ReadOnlySpan<byte> group = GroupKey is { } key ? key.Bytes.ToArray() : [];
        return [(byte)group.Length, .. group, (byte)BlsPublicKey.Length, .. ShareKey.Bytes, .. MembershipBytes(), (byte)label.Length, .. label];
    }

    private byte[] MembershipBytes() => Form == FirstForm ? new byte[IndexLength]
        : Membership is { } member ? [VaultMembership.Length, .. VaultMembership.Write(member)]
        : [0];

    private static VaultRecord ReadOne(ref VaultReader reader, byte form)
    {
        var group = ReadKey(ref reader, optional: true);
        var share = ReadKey(ref reader, optional: false)!.Value;
        var membership = form == FirstForm ? ReadNoIndex(ref reader) : VaultMembership.Read(ref reader);
        var label = reader.Text(VaultFile.MostLabel);
        return new VaultRecord(form, group, share, membership, label, reader.Take(SaltLength).ToArray(), reader.Take(SealedLength).ToArray());
    }

    // Form 1 has a place for an index, which nothing ever wrote: an index alone says too little.
    private static ClusterMembership? ReadNoIndex(ref VaultReader reader) =>
        BinaryPrimitives.ReadUInt64BigEndian(reader.Take(IndexLength)) == 0 ? null : throw VaultReader.Malformed("a record of form 1 has a share index");

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
