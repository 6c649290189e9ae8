using RemoteSigner.Tpm2;

namespace RemoteSigner.Sealing.Tpm2;

/// <summary>How a TPM stands at one moment, for people: nothing in it is proven but the count.</summary>
/// <param name="Root">Name of the storage root key; null when there is none.</param>
/// <param name="Pcrs">The values that were asked for.</param>
/// <param name="Count">Where the vault's revocation counter stands; null when it is not there.</param>
/// <param name="NvIndices">Handles of all NV indices that this program may have made.</param>
/// <param name="Lockout">The dictionary attack protection.</param>
public sealed record TpmState(TpmName? Root, PcrValues Pcrs, ulong? Count, IReadOnlyList<uint> NvIndices, TpmLockout Lockout)
{
    private const uint InLockout = 1 << 9;

    /// <exception cref="SealingTpmException">The TPM failed.</exception>
    public static Task<TpmState> ReadAsync(
        SealingTpm device,
        uint? revocation,
        TpmlPcrSelection pcrs,
        CancellationToken cancellation = default
    ) =>
        device.RunAsync(
            tpm =>
            {
                using var root = FindRoot(tpm);
                return new TpmState(
                    root?.Name,
                    tpm.PcrRead(pcrs),
                    ReadCount(tpm, root is not null && device.Knows(root.Name) ? root : null, revocation),
                    [.. tpm.GetHandles(Tpm.NvIndices).Where(TpmHandles.IsOurs)],
                    ReadLockout(tpm)
                );
            },
            cancellation
        );

    /// <summary>
    /// What an NV index is used for by this vault, for people. Of the two places of the fence the one that is not the present root key's is
    /// left over, or made for the next one, unless a change of root key is under way.
    /// </summary>
    /// <param name="epoch">How many root keys the vault had before.</param>
    public static string UseOf(uint handle, Guid vaultId, uint epoch)
    {
        var context = TpmSeal.ContextOf(vaultId);
        return handle == TpmHandles.FenceCounter(context, epoch) ? "starts (rollback protection), of the present root key"
            : handle == TpmHandles.FenceRecord(context, epoch) ? "fence (rollback protection), of the present root key"
            : handle == TpmHandles.FenceCounter(context, epoch + 1) ? "starts (rollback protection), of the root key before or after it"
            : handle == TpmHandles.FenceRecord(context, epoch + 1) ? "fence (rollback protection), of the root key before or after it"
            : TpmHandles.Revocation(context).Contains(handle) ? "revocation counter"
            : "not of this vault";
    }

    private static TpmObject? FindRoot(Tpm tpm)
    {
        try
        {
            return tpm.ReadStorageRootKey();
        }
        catch (TpmException e) when (e.Rc == TpmRc.HANDLE)
        {
            return null;
        }
    }

    private static ulong? ReadCount(Tpm tpm, TpmObject? root, uint? revocation) =>
        root is null || revocation is not { } handle || NvSearch.Find(tpm, handle) is null
            ? null
            : RevocationCounter.Read(tpm, root.Pin(root.Name), handle);

    private static TpmLockout ReadLockout(Tpm tpm) =>
        new(
            ((tpm.FindProperty(TpmPt.PERMANENT) ?? 0) & InLockout) != 0,
            tpm.FindProperty(TpmPt.LOCKOUT_COUNTER) ?? 0,
            tpm.FindProperty(TpmPt.MAX_AUTH_FAIL) ?? 0,
            TimeSpan.FromSeconds(tpm.FindProperty(TpmPt.LOCKOUT_INTERVAL) ?? 0)
        );
}

/// <summary>Wrong PINs so far, how many lock the TPM, and after how long one is forgotten.</summary>
public sealed record TpmLockout(bool Active, uint Failures, uint Most, TimeSpan Interval);
