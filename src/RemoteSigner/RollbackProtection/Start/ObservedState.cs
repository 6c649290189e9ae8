using RemoteSigner.Sealing;
using RemoteSigner.Slashing;

namespace RemoteSigner.RollbackProtection;

/// <summary>
/// The two things that may have been put back, as they are: the vault, authenticated by its root key, and the ledger by the newest start it
/// knows (null: none) and the end of its history.
/// </summary>
public sealed record ObservedState(VaultAnchor Vault, LedgerStart? Ledger, HistoryEnd End)
{
    /// <summary>What the ledger remembers of its vault; null in one from before vaults were remembered.</summary>
    public KnownVault? Known { get; init; }

    /// <summary>
    /// What the place of the present root key bears, where the fence of the one before it is judged because it could not go on there; null
    /// where there is none, or no record.
    /// </summary>
    public SignedBounds? Beyond { get; init; }

    public Guid VaultId => Vault.VaultId;

    public ulong VaultGeneration => Vault.Generation;

    /// <summary>
    /// The same for a person to judge: an anchor that shows what two wrote at once is evidence, too, and no fault that may pass.
    /// </summary>
    /// <exception cref="RollbackAnchorException">The anchor did not answer.</exception>
    public async Task<StartEvidence> ShowAgainstAsync(IRollbackAnchor anchor, FenceKeys keys, CancellationToken cancellation)
    {
        try
        {
            return await CompareWithAsync(anchor, keys, cancellation);
        }
        catch (RollbackAnchorException contested) when (contested.Fault == RollbackAnchorFault.Contested)
        {
            var records = contested
                .Records.Select(record => FenceRecord.Read(record.Span, keys.Record))
                .OfType<FenceRecord>()
                .Where(record => record.VaultId == VaultId)
                .ToList();
            return Evidence(null, null) with
            {
                Contest = contested.Message,
                ContestBounds =
                    records.Count == 0 ? null : records.Select(record => record.Bounds).Aggregate((one, other) => one.Join(other)),
            };
        }
    }

    /// <summary>Together with what the anchor says of them now.</summary>
    /// <exception cref="RollbackAnchorException">The anchor did not answer.</exception>
    public async Task<StartEvidence> CompareWithAsync(IRollbackAnchor anchor, FenceKeys keys, CancellationToken cancellation)
    {
        try
        {
            return await anchor.ReadAsync(cancellation) is { } reading
                ? Evidence(reading, FenceRecord.Read(reading.Record.Span, keys.Record))
                : Evidence(null, null) with
                {
                    Stranger = await anchor.FindStrangerAsync(cancellation),
                };
        }
        catch (RollbackAnchorException foreign) when (foreign.Fault == RollbackAnchorFault.Foreign)
        {
            // An answer, and no fault: it speaks for another root key than this vault's.
            return Evidence(null, null) with { Stranger = foreign.Message };
        }
    }

    private StartEvidence Evidence(RollbackAnchorReading? reading, FenceRecord? record) =>
        new(Vault, Ledger, End, reading, record) { Known = Known, Beyond = Beyond };
}
