using RemoteSigner.Audit;
using RemoteSigner.Slashing;

namespace RemoteSigner.Administration.History;

/// <summary>
/// Stops signing at this slot and epoch, for all validators, or lets it go on (null). The result is the one that was set before.
/// </summary>
public sealed class SetHighWatermark(HighWatermark? watermark) : AdminAct<HighWatermark?>
{
    private HighWatermark? _former;

    public override string Action => AuditActions.SlashingWatermark;

    internal override HighWatermark? Result => _former;

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        _former = await proceeding.Slashing.SetHighWatermarkAsync(watermark, (transaction, former) =>
            proceeding.Append(transaction, Action, entry =>
                entry with
                {
                    Detail = $"high watermark {watermark?.ToString() ?? "removed"}; it was {former?.ToString() ?? "not set"}",
                }
            )
        );
        return true;
    }
}
