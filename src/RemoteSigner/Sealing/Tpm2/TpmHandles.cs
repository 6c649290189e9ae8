namespace RemoteSigner.Sealing.Tpm2;

/// <summary>
/// Which NV indices a vault has: a block of 16 in the range that the TCG leaves to the owner (0x0180_0000 to 0x01BF_FFFF), chosen by the
/// vault's context, so that an interrupted provisioning finds again what it made. The first two and the last two belong to the anchor of
/// rollback protection, in turns: that of one root key is made before that of the one before goes. The others are places for the revocation
/// counter.
/// </summary>
internal static class TpmHandles
{
    private const uint First = 0x01900000;
    private const uint BlockLength = 16;

    /// <param name="epoch">How many root keys the vault had before.</param>
    public static uint FenceCounter(ReadOnlySpan<byte> context, uint epoch) => Block(context) + (epoch % 2 == 0 ? 0 : BlockLength - 2);

    /// <param name="epoch">How many root keys the vault had before.</param>
    public static uint FenceRecord(ReadOnlySpan<byte> context, uint epoch) => FenceCounter(context, epoch) + 1;

    public static IEnumerable<uint> Revocation(ReadOnlySpan<byte> context)
    {
        var block = Block(context);
        return Enumerable.Range(2, (int)BlockLength - 4).Select(offset => block + (uint)offset);
    }

    /// <summary>Is it one that this program may have made, for whatever vault?</summary>
    public static bool IsOurs(uint handle) => handle is >= First and < First + (1 << 20);

    private static uint Block(ReadOnlySpan<byte> context) => First | (uint)((context[0] << 8 | context[1]) * BlockLength);
}
