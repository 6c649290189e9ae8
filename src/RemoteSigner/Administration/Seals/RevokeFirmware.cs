using RemoteSigner.Sealing.Tpm2;

namespace RemoteSigner.Administration.Seals;

/// <summary>Approves what runs now anew, then raises the TPM's counter: every older approval is dead. Interrupted before the counter was raised nothing is revoked.</summary>
/// <param name="approve">Makes the new approval, which tells the count that it is good for.</param>
public sealed class RevokeFirmware(Func<Task<TpmRevocation>> approve) : AdminAct<TpmApproval>
{
    private TpmRevocation? _revocation;

    public override string Action => "tpm.revoke";

    internal override TpmApproval Result => _revocation!.Approval;

    internal override async Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation) => _revocation = await approve();

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        await proceeding.Pending.WriteAsync(transaction =>
        {
            PendingActs.Begin(transaction, new PendingAct(Action, new PendingEffect.Untold("'remote-signer tpm status' shows the count; below this one nothing was revoked: repeat the command")));
            return proceeding.Append(transaction, Action, entry => entry with { Detail = $"every approval before count {Result.AtMost} is dead; alive is {Result.Pcrs} {Convert.ToHexStringLower(Result.PcrDigest)}" });
        });
        return true;
    }

    internal override Task FollowAsync(Proceeding proceeding) => _revocation!.RaiseAsync();

    internal override Task FinishAsync(Proceeding proceeding) => proceeding.Pending.EndAsync();
}
