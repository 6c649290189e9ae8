using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace RemoteSigner.Sealing;

/// <summary>The bytes of a vault, as <c>Sealing/README.md</c> lays them out. Knows lengths and limits; knows no key.</summary>
internal sealed record VaultFile(byte[] Id, ulong Generation, IReadOnlyList<VaultSlot> Slots, VaultRecords Records)
{
    internal const ushort Version = 3;
    internal const ushort FirstVersion = 1;

    /// <summary>The last whose slots have no public half, and whose root key has no number.</summary>
    private const ushort FormerVersion = 2;
    internal const int IdLength = 16;
    internal const int MacLength = 32;
    internal const int MaxSlots = 16;
    internal const int MaxRecords = 131_072;
    internal const int MaxLabel = 64;
    internal const int MaxKeyId = 64;
    internal const int MaxWrapped = 1024;

    /// <summary>Of an RSA key of 8192 bits, as SubjectPublicKeyInfo: 1062.</summary>
    internal const int MaxPublicHalf = 1100;

    internal const int MaxBytes = 48 * 1024 * 1024;

    /// <summary>More than a header and its code take.</summary>
    internal const int MaxHeader = 64 * 1024;

    // The line feed shows a file that was copied as text, as in PNG.
    internal static ReadOnlySpan<byte> Magic => "RSVAULT\n"u8;

    /// <summary>Which root key it is under: 0 for the first, one more with each that came in its place.</summary>
    internal uint Epoch { get; init; }

    /// <summary>The header's authentication code as read; empty in a file that is being made.</summary>
    internal ReadOnlyMemory<byte> Mac { get; init; }

    /// <summary>Everything before the code, as read: what the code is over.</summary>
    internal ReadOnlyMemory<byte> Header { get; init; }

    /// <summary>True when the records are those whose hash stands in the header.</summary>
    internal bool RecordsMatch { get; init; }

    /// <summary>
    /// The bytes of the file, in parts that follow each other; none of one of the first version, which is written as another.
    /// </summary>
    internal IReadOnlyList<ReadOnlyMemory<byte>> Parts => IsNewest ? [Header, Mac, .. Records.Parts()] : [];

    private bool IsNewest { get; init; }

    /// <summary>Reads the bytes; never allocates more than a small multiple of them.</summary>
    /// <exception cref="VaultException">They are not a vault of a known version.</exception>
    internal static VaultFile Parse(ReadOnlyMemory<byte> bytes)
    {
        var reader = new VaultReader(bytes.Span);
        var version = ReadMagic(ref reader);
        var id = reader.Take(IdLength).ToArray();
        var generation = reader.UInt64();
        var epoch = version > FormerVersion ? reader.UInt32() : 0;
        var slots = new VaultSlot[VaultReader.Count(reader.Byte(), 1, MaxSlots, "slots")];
        for (var i = 0; i < slots.Length; i++)
        {
            slots[i] = ReadSlot(ref reader, version);
        }

        var recordCount = VaultReader.Count(reader.UInt32(), 0, MaxRecords, "records");
        var recordsHash = reader.Take(SHA256.HashSizeInBytes);
        var header = bytes[..reader.Position];
        var mac = reader.Take(MacLength).ToArray();
        var matches = SHA256.HashData(reader.Rest).AsSpan().SequenceEqual(recordsHash);
        var records = VaultRecord.ReadAll(ref reader, bytes, (int)recordCount, version);
        reader.ExpectEnd();
        return new VaultFile(id, generation, slots, records)
        {
            Epoch = epoch,
            Mac = mac,
            Header = header,
            RecordsMatch = matches,
            IsNewest = version == Version,
        };
    }

    /// <summary>The authentication code in the bytes of a vault, without a look at its records.</summary>
    /// <exception cref="VaultException">They are not a vault of a known version.</exception>
    internal static ReadOnlySpan<byte> MacOf(ReadOnlySpan<byte> bytes)
    {
        var reader = new VaultReader(bytes);
        var version = ReadMagic(ref reader);
        _ = reader.Take(IdLength + sizeof(ulong) + (version > FormerVersion ? sizeof(uint) : 0));
        for (var slots = VaultReader.Count(reader.Byte(), 1, MaxSlots, "slots"); slots > 0; slots--)
        {
            _ = ReadSlot(ref reader, version);
        }

        _ = reader.Take(sizeof(uint) + SHA256.HashSizeInBytes);
        return reader.Take(MacLength);
    }

    /// <summary>
    /// The same with the header that goes with it, and the code that <paramref name="authenticate"/> gives for that: what is to be written.
    /// </summary>
    internal VaultFile Finish(Func<ReadOnlySpan<byte>, byte[]> authenticate)
    {
        var header = WriteHeader(Records.Hash());
        return this with { Mac = authenticate(header), Header = header, RecordsMatch = true, IsNewest = true };
    }

    private static ushort ReadMagic(ref VaultReader reader)
    {
        if (!reader.Rest.StartsWith(Magic))
        {
            throw new VaultException(VaultFault.NotAVault, "the file is not a vault", "check the path; a vault begins with RSVAULT");
        }

        reader.Take(Magic.Length);
        var version = reader.UInt16();
        return version is >= FirstVersion and <= Version
            ? version
            : throw new VaultException(
                VaultFault.UnsupportedVersion,
                $"the vault has format version {version}, this program reads {FirstVersion} to {Version}",
                "use the program that wrote it, or a later one"
            );
    }

    private static VaultSlot ReadSlot(ref VaultReader reader, ushort version)
    {
        var type = (VaultSlotType)reader.Byte();
        if (!Enum.IsDefined(type))
        {
            throw VaultReader.Malformed($"slot type {(byte)type} is unknown");
        }

        var keyId = reader.Take((int)VaultReader.Count(reader.Byte(), 1, MaxKeyId, "bytes of a key id")).ToArray();
        var label = reader.Text(MaxLabel);
        var half =
            version > FormerVersion
                ? reader.Take((int)VaultReader.Count(reader.UInt16(), 0, MaxPublicHalf, "bytes of a public key")).ToArray()
                : [];
        var wrapped = reader.Take((int)VaultReader.Count(reader.UInt16(), 1, MaxWrapped, "bytes of a wrapped key")).ToArray();
        return new VaultSlot(type, keyId, label) { PublicHalf = half, Wrapped = wrapped };
    }

    private byte[] WriteHeader(byte[] recordsHash)
    {
        using var header = new MemoryStream();
        using var writer = new BinaryWriter(header);
        writer.Write(Magic);
        writer.Write(BinaryPrimitives.ReverseEndianness(Version));
        writer.Write(Id);
        writer.Write(BinaryPrimitives.ReverseEndianness(Generation));
        writer.Write(BinaryPrimitives.ReverseEndianness(Epoch));
        writer.Write((byte)Slots.Count);
        foreach (var slot in Slots)
        {
            WriteSlot(writer, slot);
        }

        writer.Write(BinaryPrimitives.ReverseEndianness((uint)Records.Count));
        writer.Write(recordsHash);
        return header.ToArray();
    }

    private static void WriteSlot(BinaryWriter writer, VaultSlot slot)
    {
        var label = Encoding.UTF8.GetBytes(slot.Label);
        writer.Write((byte)slot.Type);
        writer.Write((byte)slot.KeyId.Length);
        writer.Write(slot.KeyId.Span);
        writer.Write((byte)label.Length);
        writer.Write(label);
        writer.Write(BinaryPrimitives.ReverseEndianness((ushort)slot.PublicHalf.Length));
        writer.Write(slot.PublicHalf.Span);
        writer.Write(BinaryPrimitives.ReverseEndianness((ushort)slot.Wrapped.Length));
        writer.Write(slot.Wrapped.Span);
    }
}
