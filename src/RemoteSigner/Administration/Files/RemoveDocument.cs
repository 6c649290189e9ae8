using RemoteSigner.Audit;
using RemoteSigner.Keys;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.Files;

/// <summary>
/// Takes a document and what anchors it away, so that it says nothing any more. One that shares are members of stays: they need it.
/// </summary>
public sealed class RemoveDocument(Root clusterHash) : AdminAct<Root>
{
    public override string Action => AuditActions.ClusterDocumentRemove;

    internal override bool WantsVault => true;

    internal override Root Result => clusterHash;

    internal override Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        List<ImportRefusal> members =
        [
            .. proceeding
                .Vault.Contents.Shares.Where(share => share.Membership?.ClusterHash == clusterHash)
                .Select(share => new ImportRefusal(
                    AdminFault.SharesHeld.Code(),
                    share.ShareKey.ToString(),
                    $"it is held as a share of {clusterHash}",
                    "'remote-signer cluster bind --replace' binds it to another document, 'keys delete' takes it out"
                )),
        ];
        return members.Count == 0 ? Task.CompletedTask : throw new ImportException(members);
    }

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        await proceeding.Pending.WriteAsync(transaction =>
        {
            PendingActs.Begin(transaction, new PendingAct(Action, new PendingEffect.DocumentRemoved(clusterHash)));
            return proceeding.Append(transaction, Action, entry => entry with { Detail = clusterHash.ToString() });
        });
        return true;
    }

    internal override Task FollowAsync(Proceeding proceeding)
    {
        proceeding.Library.Archive.Remove(clusterHash);
        return Task.CompletedTask;
    }

    internal override Task FinishAsync(Proceeding proceeding) => proceeding.Pending.EndAsync();
}
