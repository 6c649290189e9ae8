using RemoteSigner.Sealing;
using RemoteSigner.Slashing;

namespace RemoteSigner.Freshness;

/// <summary>
/// The two things that may have been put back, as they are: the vault, authenticated by its root key, and the ledger by the newest start it
/// knows (null: none) and the end of its history.
/// </summary>
public sealed record FreshState(VaultAnchor Vault, LedgerStart? Ledger, HistoryEnd End)
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
    /// The same for a person to judge: a witness that shows what two wrote at once is evidence, too, and no fault that may pass.
    /// </summary>
    /// <exception cref="WitnessException">The witness did not answer.</exception>
    public async Task<StartEvidence> ShowAgainstAsync(IFreshnessWitness witness, FenceKeys keys, CancellationToken cancellation)
    {
        try
        {
            return await HoldAgainstAsync(witness, keys, cancellation);
        }
        catch (WitnessException contested) when (contested.Fault == WitnessFault.Contested)
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

    /// <summary>Together with what the witness says of them now.</summary>
    /// <exception cref="WitnessException">The witness did not answer.</exception>
    public async Task<StartEvidence> HoldAgainstAsync(IFreshnessWitness witness, FenceKeys keys, CancellationToken cancellation)
    {
        try
        {
            return await witness.ReadAsync(cancellation) is { } reading
                ? Evidence(reading, FenceRecord.Read(reading.Record.Span, keys.Record))
                : Evidence(null, null) with
                {
                    Stranger = await witness.FindStrangerAsync(cancellation),
                };
        }
        catch (WitnessException foreign) when (foreign.Fault == WitnessFault.Foreign)
        {
            // An answer, and no fault: it speaks for another root key than this vault's.
            return Evidence(null, null) with { Stranger = foreign.Message };
        }
    }

    private StartEvidence Evidence(WitnessReading? reading, FenceRecord? record) =>
        new(Vault, Ledger, End, reading, record) { Known = Known, Beyond = Beyond };
}
