using System.Buffers.Binary;
using System.Text;
using RemoteSigner.Clusters;
using RemoteSigner.Spec;

namespace RemoteSigner.Sealing;

/// <summary>
/// One share as it lies in the vault: what it is, readable, and its scalar, sealed (32 bytes and a tag of 16). Records of form 1 have no
/// membership; they stay as they are when the vault is changed, because to write them anew each would have to be opened.
/// </summary>
/// <param name="Listed">What a listing says of it.</param>
/// <param name="Bytes">As they stand in a file of the newest version.</param>
internal sealed record VaultRecord(VaultListing.Share Listed, ReadOnlyMemory<byte> Bytes)
{
    internal const byte FirstForm = 1;
    internal const byte NewestForm = 2;
    internal const int SaltLength = 32;
    internal const int SealedLength = 48;
    private const int IndexLength = 8;

    internal BlsPublicKey ShareKey => Listed.ShareKey;

    internal byte Form => Bytes.Span[0];

    /// <summary>Keys, membership and label; lengths are in it, so nothing can be read two ways.</summary>
    internal ReadOnlySpan<byte> Description => Bytes.Span[1..^(SaltLength + SealedLength)];

    internal ReadOnlySpan<byte> Salt => Bytes.Span[^(SaltLength + SealedLength)..^SealedLength];

    internal ReadOnlySpan<byte> Sealed => Bytes.Span[^SealedLength..];

    /// <summary>The bytes of a new record, with room at their end for what is sealed.</summary>
    internal static byte[] Begin(VaultListing.Share share, ReadOnlySpan<byte> salt)
    {
        var label = Encoding.UTF8.GetBytes(share.Label);
        ReadOnlySpan<byte> group = share.GroupKey is { } key ? key.Bytes.ToArray() : [];
        ReadOnlySpan<byte> membership = share.Membership is { } member ? VaultMembership.Write(member) : [];
        return
        [
            NewestForm,
            (byte)group.Length,
            .. group,
            (byte)BlsPublicKey.Length,
            .. share.ShareKey.Bytes,
            (byte)membership.Length,
            .. membership,
            (byte)label.Length,
            .. label,
            .. salt,
            .. new byte[SealedLength],
        ];
    }

    /// <param name="reader">Stands at the first record.</param>
    /// <param name="file">What the reader walks over.</param>
    internal static VaultRecords ReadAll(ref VaultReader reader, ReadOnlyMemory<byte> file, int count, ushort version)
    {
        // Not sized by the count: that is a claim until the bytes are there.
        var records = new List<VaultRecord>();
        var first = reader.Position;
        for (var i = 0; i < count; i++)
        {
            var start = reader.Position;
            var form = version == VaultFile.FirstVersion ? FirstForm : reader.Byte();
            var share = form is FirstForm or NewestForm
                ? ReadShare(ref reader, form, i == 0 ? null : records[i - 1].Listed)
                : throw VaultReader.Malformed($"a record has the unknown form {form}");
            _ = reader.Take(SaltLength + SealedLength);

            // In the first version of the file a record stands without its form.
            records.Add(
                new VaultRecord(
                    share,
                    version == VaultFile.FirstVersion
                        ? (byte[])[FirstForm, .. file[start..reader.Position].Span]
                        : file[start..reader.Position]
                )
            );
        }

        return version == VaultFile.FirstVersion
            ? new VaultRecords().With(new HashSet<BlsPublicKey>(), records)
            : new VaultRecords(records, file[first..reader.Position]);
    }

    private static VaultListing.Share ReadShare(ref VaultReader reader, byte form, VaultListing.Share? former)
    {
        var group = ReadKey(ref reader, optional: true);
        var share = ReadKey(ref reader, optional: false)!.Value;
        var membership = form == FirstForm ? ReadNoIndex(ref reader) : VaultMembership.Read(ref reader);
        var label = reader.Text(VaultFile.MaxLabel);

        // What is as with the share before, which is so as a rule, is kept once.
        return new VaultListing.Share(
            share,
            group,
            membership == former?.Membership ? former?.Membership : membership,
            label == former?.Label ? former.Label : label
        );
    }

    // Form 1 has a place for an index, which nothing ever wrote: an index alone says too little.
    private static ClusterMembership? ReadNoIndex(ref VaultReader reader) =>
        BinaryPrimitives.ReadUInt64BigEndian(reader.Take(IndexLength)) == 0
            ? null
            : throw VaultReader.Malformed("a record of form 1 has a share index");

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
