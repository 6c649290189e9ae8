using RemoteSigner.Sealing;
using RemoteSigner.Slashing;

namespace RemoteSigner.RollbackProtection;

/// <summary>Everything the start protocol looks at, as it was found; nothing has been written yet.</summary>
/// <param name="Vault">The vault that was opened; authenticated by its root key.</param>
/// <param name="Ledger">The newest start that the ledger knows of; null when it has none.</param>
/// <param name="End">Where the ledger's history ends.</param>
/// <param name="Anchor">What the anchor says; null when there is none.</param>
/// <param name="Record">The anchor's record; null when it is missing or was not made with this vault's key.</param>
public sealed record StartEvidence(
    VaultAnchor Vault,
    LedgerStart? Ledger,
    HistoryEnd End,
    RollbackAnchorReading? Anchor,
    FenceRecord? Record
)
{
    /// <summary>What the ledger remembers of its vault; null in one from before vaults were remembered.</summary>
    public KnownVault? Known { get; init; }

    public Guid VaultId => Vault.VaultId;

    public ulong VaultGeneration => Vault.Generation;

    /// <summary>
    /// In words, what the device keeps for this vault that is not of this root key, where there is nothing of this one; null: nothing.
    /// </summary>
    public string? Stranger { get; init; }

    /// <inheritdoc cref="ObservedState.Beyond"/>
    public SignedBounds? Beyond { get; init; }

    /// <summary>
    /// In words, what two wrote into the anchor at the same moment, so that nobody can tell what it says; null where it says one thing.
    /// </summary>
    public string? Contest { get; init; }

    /// <summary>What all records that two wrote at the same moment bear together; null where none of them can be read.</summary>
    public SignedBounds? ContestBounds { get; init; }

    /// <summary>
    /// The record is of an earlier start than the newest that was counted. No start signs before its own record is on the medium, so that
    /// either died before, or an earlier run wrote over its record. A program of before there were run numbers wrote none until its fence
    /// moved.
    /// </summary>
    public bool IsRecordBehind => Record is { IsWithoutRun: false } record && Anchor is { } anchor && record.Start < anchor.Count;
}
