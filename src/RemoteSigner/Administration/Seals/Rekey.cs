using RemoteSigner.Audit;
using RemoteSigner.Sealing;

namespace RemoteSigner.Administration.Seals;

/// <summary>
/// Another root key for the vault, and the slots as they are but those that a person gives up. The result is what the vault has then.
/// </summary>
public sealed class Rekey(SlotReach reach) : SlotAct<VaultListing>
{
    private Vault? _vault;
    private string _gone = "";

    public override string Action => AuditActions.SealRekey;

    private protected override string Detail => _gone.Length > 0 ? $"without the slots of {_gone}" : "every slot stays";

    internal override VaultListing Result => _vault!.Contents;

    private protected override Task<SlotPlan> PlanAsync(Vault vault, CancellationToken cancellation)
    {
        (_vault, _gone) = (
            vault,
            string.Join(", ", vault.Contents.Slots.Where(reach.Drops).Select(slot => $"{slot.Label} ({slot.KeyIdText})"))
        );
        return Task.FromResult(new SlotPlan([], null, reach));
    }
}
