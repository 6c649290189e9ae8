using RemoteSigner.Administration.History;
using RemoteSigner.Audit;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.Keys;

/// <summary>
/// Shares that were sent to a door: those that sign here already are duplicates, which learn their place where it is known by now; the
/// others come in, each with its place in a cluster where an anchored document knows it and nobody disagrees. A share that is in the vault
/// and not active in the ledger counts as one that comes: a repeated push finishes what an interruption left. History that comes along
/// speaks for these keys alone.
/// </summary>
public sealed class PushShares(SharePush push) : AdminAct<IReadOnlyList<PushedShare>>
{
    private IReadOnlyList<PushedShare> _result = [];
    private ImportShares? _import;
    private ImportHistory? _history;

    public override string Action => AuditActions.KeyImport;

    public override AdminRight Right => push.Right;

    public override IReadOnlyCollection<BlsPublicKey> Keys => [.. push.Shares.Select(share => share.Key)];

    internal override bool WantsVault => true;

    internal override bool BringsHistory => push.History is not null || push.LowWatermark == DeclaredHistory.FromNow;

    internal override IReadOnlyList<PushedShare> Result => _result;

    internal override async Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        var held = await proceeding.HeldAsync();
        var keys = Keys.ToHashSet();
        var here = keys.Select(held.FindActive).OfType<VaultListing.Share>().ToDictionary(share => share.ShareKey);
        var known = new KnownShares(proceeding.AnchoredDocuments(held), held.InOrder(keys), keys);

        // One that is here and waits for its place may have a document by now.
        var places = push
            .Shares.Select(share => share.Key)
            .Where(key => here.GetValueOrDefault(key)?.Membership is null)
            .Distinct()
            .ToDictionary(key => key, key => known.Find(key, push.Provenance));
        VaultShare[] fresh =
        [
            .. push
                .Shares.Where(share => !here.ContainsKey(share.Key) || places.GetValueOrDefault(share.Key) is SharePlace.Known)
                .Select(share => Place(share, places[share.Key], here.GetValueOrDefault(share.Key)?.Label ?? push.Label)),
        ];
        _result = [.. push.Shares.Select(share => here.ContainsKey(share.Key) ? new PushedShare.Duplicate() : ResultOf(places[share.Key]))];
        var history = push.History is { } bytes ? new MemoryStream(bytes.ToArray()) : null;
        var terms = new ImportTerms(InterchangeReading.LowWatermarksAtLowest)
        {
            Only = Keys.Concat(
                    fresh
                        .Select(share => share.GroupKey)
                        .Concat(Keys.Select(key => here.GetValueOrDefault(key)?.GroupKey))
                        .OfType<BlsPublicKey>()
                )
                .ToHashSet(),
            Limit = history is null ? null : proceeding.NewestPossible(),
        };
        if (fresh.Length > 0)
        {
            _import = new ImportShares(
                new ImportRequest(fresh, push.LowWatermark)
                {
                    History = history,
                    Terms = terms,
                    Replace = push.Replace,
                }
            );
            await _import.PrepareAsync(proceeding, cancellation);
        }
        else if (history is not null)
        {
            _history = new ImportHistory(history, terms, "history that came with keys that are here already");
        }
    }

    internal override async Task<bool> CommitAsync(Proceeding proceeding) =>
        _import is not null ? await _import.CommitAsync(proceeding) : _history is not null && await _history.CommitAsync(proceeding);

    internal override Task FollowAsync(Proceeding proceeding) => _import?.FollowAsync(proceeding) ?? Task.CompletedTask;

    internal override Task FinishAsync(Proceeding proceeding) => _import?.FinishAsync(proceeding) ?? Task.CompletedTask;

    public override void Dispose()
    {
        _import?.Dispose();
        base.Dispose();
    }

    private static PushedShare ResultOf(SharePlace place) =>
        place switch
        {
            SharePlace.Disputed(var detail) => new PushedShare.Unplaced(detail),
            _ => new PushedShare.Imported(),
        };

    private static VaultShare Place((BlsPublicKey Key, BlsSecretKey Secret) share, SharePlace place, string label) =>
        place is SharePlace.Known(var group, var membership)
            ? new VaultShare(share.Key, group, membership, label, share.Secret)
            : new VaultShare(share.Key, null, null, label, share.Secret);
}
