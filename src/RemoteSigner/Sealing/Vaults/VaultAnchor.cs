using System.Buffers.Binary;
using RemoteSigner.Spec;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Sealing;

/// <summary>
/// What is kept of a vault outside its file, so that another one in its place is noticed. No secret: it tells nothing of the root key. Two
/// are the same when all but the storage root keys are, which stand in the slots that the code covers.
/// </summary>
/// <param name="VaultId">16 random bytes.</param>
/// <param name="Commitment">To the root key, 32 bytes: HKDF-SHA-256 of it, with the vault id as salt.</param>
/// <param name="Code">The header code, 32 bytes: of slots, generation and records, under the root key.</param>
/// <param name="Generation">Raised by each change.</param>
/// <param name="StorageRoots">Names of the storage root keys of TPMs that have a slot.</param>
public sealed record VaultAnchor(Guid VaultId, Root Commitment, Root Code, ulong Generation, IReadOnlyList<TpmName> StorageRoots)
{
    private const byte Version = 1;

    /// <summary>As much of it as an anchor keeps.</summary>
    public VaultMark Mark => new(Generation, new Guid(Code.Bytes[..16], bigEndian: true));

    public bool Equals(VaultAnchor? other) =>
        other is not null && (VaultId, Commitment, Code, Generation) == (other.VaultId, other.Commitment, other.Code, other.Generation);

    public override int GetHashCode() => HashCode.Combine(VaultId, Commitment, Code, Generation);

    /// <summary>
    /// Version (1 byte) ‖ vault id (16) ‖ commitment (32) ‖ code (32) ‖ generation (8, big-endian) ‖ number of storage root keys (1) ‖ for
    /// each its length (1) and Name.
    /// </summary>
    public byte[] Write()
    {
        Span<byte> generation = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(generation, Generation);
        return
        [
            Version,
            .. VaultId.ToByteArray(bigEndian: true),
            .. Commitment.Bytes,
            .. Code.Bytes,
            .. generation,
            (byte)StorageRoots.Count,
            .. StorageRoots.SelectMany(name => new[] { (byte)name.Bytes.Length }.Concat(name.Bytes.ToArray())),
        ];
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="VaultException">It is of a later program, or damaged.</exception>
    public static VaultAnchor Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new VaultReader(bytes);
        if (reader.Byte() is var version and not Version)
        {
            throw new VaultException(
                VaultFault.UnsupportedVersion,
                $"what the ledger remembers of the vault has version {version}, this program reads {Version}",
                "use the program that wrote it, or a later one"
            );
        }

        var (id, commitment, code, generation) = (
            new Guid(reader.Take(VaultFile.IdLength), bigEndian: true),
            new Root(reader.Take(Root.Length)),
            new Root(reader.Take(Root.Length)),
            reader.UInt64()
        );
        var roots = new TpmName[VaultReader.Count(reader.Byte(), 0, VaultFile.MaxSlots, "storage root keys")];
        for (var i = 0; i < roots.Length; i++)
        {
            roots[i] = new TpmName(reader.Take(reader.Byte()));
        }

        reader.ExpectEnd();
        return new VaultAnchor(id, commitment, code, generation, roots);
    }

    internal static VaultAnchor Of(VaultFile file, Root commitment) =>
        new(
            new Guid(file.Id, bigEndian: true),
            commitment,
            new Root(file.Mac.Span),
            file.Generation,
            [.. file.Slots.Where(slot => slot.Type == VaultSlotType.Tpm2Sealed).Select(slot => new TpmName(slot.KeyId.Span))]
        );
}
