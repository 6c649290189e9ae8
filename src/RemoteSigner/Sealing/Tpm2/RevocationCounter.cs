using System.Buffers.Binary;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Sealing.Tpm2;

/// <summary>
/// The NV counter that every approval names: an approval holds as long as the counter has not passed the number in it. Everybody may read
/// it, because it is compared before anything is unsealed; only the owner counts it up, and nobody counts it down.
/// </summary>
internal static class RevocationCounter
{
    private const TpmaNv Attributes = TpmaNv.Counter | TpmaNv.AuthRead | TpmaNv.OwnerWrite | TpmaNv.NoDA;

    /// <summary>The counter at this handle under the Name it must have.</summary>
    public static NvIndex At(uint handle) => Defined(handle).AsWritten();

    /// <summary>
    /// The counter at the first of these handles that is ours or free; made where need be. An interrupted call is ended by the next.
    /// </summary>
    /// <exception cref="TpmException">The owner's authorization is wrong, or there is no room.</exception>
    public static NvIndex Provide(Tpm tpm, IEnumerable<uint> handles, TpmAuthorization owner)
    {
        foreach (var handle in handles)
        {
            var found = NvSearch.Find(tpm, handle) ?? tpm.NvDefineSpace(owner, Defined(handle).Public, []);
            if (found.Name.Equals(Defined(handle).Name))
            {
                tpm.NvIncrement(found, owner, TpmEntity.Owner);
                return At(handle);
            }

            if (found.Name.Equals(At(handle).Name))
            {
                return found;
            }
        }

        throw new SealingTpmException(
            SealingTpmFault.NvFull,
            "every NV index that this vault could use for its revocation counter belongs to somebody else",
            "'remote-signer tpm status' lists them"
        );
    }

    /// <summary>Its value, in a session that proves the answer.</summary>
    public static ulong Read(Tpm tpm, PinnedKey root, uint handle)
    {
        using var session = tpm.StartHmacSession(root);
        return tpm.NvReadCounter(At(handle), session);
    }

    /// <summary>A number as the counter's 8 bytes.</summary>
    public static byte[] Operand(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }

    private static NvIndex Defined(uint handle) => new(new TpmsNvPublic(handle, Attributes, [], 8));
}
