using System.Buffers.Binary;
using System.Security.Cryptography;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Sealing.Tpm2;

/// <summary>
/// What a slot of type 4 wraps, about 330 bytes: the root key as a sealed object of the TPM whose storage root key is the slot's id, and
/// what its policy needs to be met. Layout: README.md of the room.
/// </summary>
internal sealed record TpmSlot(TpmSealPlan Plan, uint Revocation, SealedObject Item)
{
    /// <summary>Bytes of the nonce of a sealed object.</summary>
    public const int NonceLength = 16;

    private const byte Version = 2;
    private const byte WithoutNonce = 1;
    private const byte PinFlag = 1;

    private static ReadOnlySpan<byte> ObjectUse => "remote-signer/tpm/object/v1"u8;

    public bool WantsPin => Plan.WantsPin;

    public byte[] ReleasePoint => Plan.ReleasePoint;

    /// <summary>
    /// The policy reference of a sealed object, 32 bytes, which approvals name: SHA-256 over the slot's context and the object's nonce.
    /// Without a nonce it is the context itself.
    /// </summary>
    public static byte[] ReferenceOf(ReadOnlySpan<byte> context, byte[] nonce) =>
        nonce.Length == 0
            ? context.ToArray()
            : SHA256.HashData([(byte)ObjectUse.Length, .. ObjectUse, (byte)context.Length, .. context, (byte)nonce.Length, .. nonce]);

    /// <exception cref="VaultException">The bytes are not such a slot.</exception>
    public static TpmSlot Parse(ReadOnlySpan<byte> bytes)
    {
        var reader = new VaultReader(bytes);
        var version = reader.Byte();
        if (version is not (Version or WithoutNonce))
        {
            throw new VaultException(
                VaultFault.UnsupportedVersion,
                $"the slot of the TPM has version {version}, which this program does not know",
                "use a later version of the program"
            );
        }

        var flags = VaultReader.Count(reader.Byte(), 0, PinFlag, "flags of a TPM slot");
        var point = reader.Take(ReleaseKey.PointLength).ToArray();
        var revocation = reader.UInt32();
        var nonce = version == Version ? reader.Take(NonceLength).ToArray() : [];
        var area = Area(reader.Take(reader.UInt16()));
        var secret = reader.Take(reader.UInt16()).ToArray();
        reader.ExpectEnd();
        return new TpmSlot(new TpmSealPlan(point, flags == PinFlag, nonce), revocation, new SealedObject(secret, area));
    }

    public byte[] Write()
    {
        var area = Item.Public.ToArray();
        return
        [
            Version,
            WantsPin ? PinFlag : (byte)0,
            .. ReleasePoint,
            .. Number(Revocation),
            .. Plan.Nonce,
            .. Size(area),
            .. area,
            .. Size(Item.Private),
            .. Item.Private,
        ];
    }

    private static TpmtPublic Area(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return TpmtPublic.Parse(bytes);
        }
        catch (TpmIntegrityException e)
        {
            throw VaultReader.Malformed($"the slot of the TPM holds no sealed object ({e.Message})");
        }
    }

    private static byte[] Size(byte[] part)
    {
        var size = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(size, (ushort)part.Length);
        return size;
    }

    private static byte[] Number(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
