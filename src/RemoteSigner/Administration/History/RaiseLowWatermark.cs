using RemoteSigner.Audit;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.History;

/// <summary>
/// Raises the low watermarks of all validators, or of those given by any of their public keys; never lowers one. The result says of how
/// many. Unless <paramref name="acceptFuture"/>, not beyond what can have been signed by now, because they never fall.
/// </summary>
public sealed class RaiseLowWatermark(Slot? slot, Epoch? epoch, IReadOnlyCollection<BlsPublicKey>? only, bool acceptFuture = false)
    : AdminAct<int>
{
    private int _count;

    public override string Action => AuditActions.SlashingWatermark;

    public override IReadOnlyCollection<BlsPublicKey> Keys => only ?? [];

    internal override int Result => _count;

    internal override Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        if (!acceptFuture && proceeding.NewestPossible() is var (newestSlot, newestEpoch) && (slot > newestSlot || epoch > newestEpoch))
        {
            throw new AdminException(
                AdminFault.WatermarkInTheFuture,
                $"slot {newestSlot} and epoch {newestEpoch} are the newest that can have been signed by now, and watermarks never fall",
                "correct the number; --accept-future disables these validators until then, for good"
            );
        }

        return Task.CompletedTask;
    }

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        _count = await proceeding.Slashing.RaiseLowWatermarkAsync(slot, epoch, only, (transaction, count) =>
            proceeding.Append(transaction, Action, entry =>
                entry with
                {
                    Keys = [.. only ?? []],
                    Detail = $"low watermarks of {count} validators raised to slot {Text(slot?.Value)}, epoch {Text(epoch?.Value)}",
                }
            )
        );
        return _count > 0;
    }

    private static string Text(ulong? number) => number?.ToString() ?? "–";
}
