using RemoteSigner.Tpm2;

namespace RemoteSigner.Sealing.Tpm2;

/// <summary>
/// Takes the revocation counter past every approval that is known: those of the present sealed object and of former ones, which copies of
/// the vault from before still have. What the vault gets in its place is another object, for which no approval from before counts, known or
/// not.
/// </summary>
public sealed class TpmRevocation
{
    /// <summary>
    /// By how much a counter is raised at most: what was approved for more was not made by this program, and NV memory wears out.
    /// </summary>
    public const ulong MaxSteps = 1000;

    private readonly SealingTpm _tpm;
    private readonly TpmSeal _seal;

    private TpmRevocation(SealingTpm tpm, TpmSeal seal, ulong target, IReadOnlyList<TpmApproval> beyond) =>
        (_tpm, _seal, Target, Beyond) = (tpm, seal, target, beyond);

    /// <summary>Where the counter is to stand.</summary>
    public ulong Target { get; }

    /// <summary>
    /// Approvals that the counter is not raised past: they go on to open copies of the vault from before, and nothing newer.
    /// </summary>
    public IReadOnlyList<TpmApproval> Beyond { get; }

    /// <summary>
    /// Looks at the TPM's counter and at every approval in the folder that names it; changes nothing. Nobody asks who signed one: that was
    /// perhaps a release key of before, which a copy of the vault names, and this one does not.
    /// </summary>
    /// <exception cref="SealingTpmException">The TPM failed, or is not the one that the vault was sealed under.</exception>
    public static async Task<TpmRevocation> PrepareAsync(SealingTpm tpm, TpmSeal seal, CancellationToken cancellation = default)
    {
        var count = await tpm.RunAsync(
            connection => RevocationCounter.Read(connection, Pinned(tpm, connection, seal), seal.Revocation),
            cancellation
        );
        var alive = tpm
            .Approvals.Read()
            .Select(entry => entry.Approval)
            .OfType<TpmApproval>()
            .Where(approval => approval.Revocation == seal.Revocation && approval.AtMost >= count)
            .ToList();
        var known = alive.Where(approval => approval.AtMost - count < MaxSteps).Select(approval => approval.AtMost).Append(count).Max();
        return new TpmRevocation(tpm, seal, checked(known + 1), [.. alive.Where(approval => approval.AtMost > known)]);
    }

    /// <summary>Raises the counter to its target; repeated it goes on where it stopped.</summary>
    /// <exception cref="SealingTpmException">The TPM failed.</exception>
    public Task RaiseAsync(CancellationToken cancellation = default) =>
        _tpm.RunAsync(
            connection =>
            {
                var root = Pinned(_tpm, connection, _seal);
                for (var count = RevocationCounter.Read(connection, root, _seal.Revocation); count < Target; count++)
                {
                    Increment(connection, root);
                }

                return true;
            },
            cancellation
        );

    private void Increment(Tpm connection, PinnedKey root)
    {
        using var owner = _tpm.StartOwnerSession(connection, root);
        try
        {
            connection.NvIncrement(RevocationCounter.At(_seal.Revocation), owner, TpmEntity.Owner);
        }
        catch (TpmException e) when (e.Rc is TpmRc.BAD_AUTH or TpmRc.AUTH_FAIL)
        {
            throw _tpm.OwnerRefused(e);
        }
    }

    private static PinnedKey Pinned(SealingTpm tpm, Tpm connection, TpmSeal seal)
    {
        using var root = tpm.ReadRoot(connection);
        return root.Pin(seal.Root);
    }
}
