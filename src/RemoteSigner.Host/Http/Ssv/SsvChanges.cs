using System.Collections.Concurrent;
using RemoteSigner.Access;
using RemoteSigner.Administration;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Clusters;
using RemoteSigner.Host.Running;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Signing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>
/// Opens the shares that an SSV node sends and has them brought in, all of a request or none, and takes out those that it names. The node
/// speaks for the contract: what it adds takes the place of another share of the same validator, which is parked. It does not say what
/// shares have signed elsewhere: each begins at this moment of the chain, so that it sits out the epochs that may be under way.
/// </summary>
internal sealed class SsvChanges(Administrator administrator, OperatorSigner voice, SecretArena arena, TimeProvider time) : IDisposable
{
    // By name; signer.json names those who may come here.
    private readonly ConcurrentDictionary<string, GuessBudget> _budgets = new(StringComparer.Ordinal);

    /// <summary>Is there an operator's key to open shares with?</summary>
    public bool CanOpen => voice.PublicKey is not null;

    /// <summary>What became of each share: imported, or duplicate.</summary>
    /// <exception cref="ImportException">At least one may not come in, or does not open; nothing was kept.</exception>
    /// <exception cref="AdminException">The clock is in doubt, so that nobody can say from when on they may sign.</exception>
    public async Task<IReadOnlyList<KeymanagerItem>> ImportAsync(
        IReadOnlyList<SsvBody> bodies,
        Client client,
        string requestId,
        CancellationToken cancellation
    )
    {
        var budget = _budgets.GetOrAdd(client.Name, _ => new GuessBudget(time));
        using var turn = await budget.BeginAsync(cancellation);
        List<(SsvBody Body, BlsSecretKey? Secret)> opened = [];
        try
        {
            opened.AddRange(bodies.Select(body => (body, voice.DecryptShare(arena, body.Encrypted, body.PublicKey))));
            List<ImportRefusal> closed =
            [
                .. opened.Index().Where(share => share.Item.Secret is null).Select(share => DoesNotOpen(share.Index, share.Item.Body)),
            ];
            if (closed.Count > 0)
            {
                budget.Spend(closed.Count);
                throw new ImportException(closed);
            }

            var push = new SharePush(
                [.. opened.Select(share => (share.Body.PublicKey, share.Secret!))],
                ShareProvenance.SsvPush,
                PushLabels.Of(PushLabels.Ssv, time.GetUtcNow()),
                DeclaredHistory.FromNow,
                AdminRight.SsvImport
            )
            {
                Replace = true,
            };
            return
            [
                .. (await administrator.ExecuteAsync(new PushShares(push), new Actor.OfClient(client, requestId), cancellation)).Select(
                    KeymanagerItem.Of
                ),
            ];
        }
        finally
        {
            opened.ForEach(share => share.Secret?.Dispose());
        }
    }

    /// <summary>
    /// What became of each key. One that is gone already is not found: a node that repeats itself after a lost answer stops at any other
    /// word.
    /// </summary>
    public async Task<IReadOnlyList<KeymanagerItem>> DeleteAsync(IReadOnlyList<BlsPublicKey> keys, Client client, string requestId) =>
        [
            .. (
                await administrator.ExecuteAsync(
                    new DeleteShares(keys, KeyEnd.Released, AdminRight.SsvDelete),
                    new Actor.OfClient(client, requestId)
                )
            )
                .Select(KeymanagerItem.Of)
                .Select(item => item == KeymanagerItem.NotActive ? KeymanagerItem.NotFound : item),
        ];

    public void Dispose()
    {
        foreach (var budget in _budgets.Values)
        {
            budget.Dispose();
        }
    }

    private static ImportRefusal DoesNotOpen(int position, SsvBody body) =>
        new(
            ImportFault.ShareDoesNotOpen.Code(),
            $"share_keys[{position}] ({body.PublicKey})",
            "it is not the secret of its public key, encrypted to this operator",
            "the node takes it for a bad registration and goes on"
        );
}
