using RemoteSigner.Audit;
using RemoteSigner.Slashing;

namespace RemoteSigner.Administration.History;

/// <summary>
/// Drops blocks and votes older than this many epochs before each validator's newest; what is dropped becomes a low watermark.
/// </summary>
public sealed class PruneHistory(ulong keepEpochs) : AdminAct<PruneReport>
{
    private PruneReport? _report;

    public override string Action => AuditActions.SlashingPrune;

    internal override PruneReport Result => _report!;

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        _report = await proceeding.Slashing.PruneAsync(keepEpochs, (transaction, lot) =>
            proceeding.Append(transaction, Action, entry =>
                entry with
                {
                    Detail =
                        $"{lot.Validators.Sum(line => line.BlocksDropped)} blocks and "
                        + $"{lot.Validators.Sum(line => line.AttestationsDropped)} votes of "
                        + $"{lot.Validators.Count} validators dropped, {keepEpochs} epochs kept",
                }
            )
        );
        return true;
    }
}
