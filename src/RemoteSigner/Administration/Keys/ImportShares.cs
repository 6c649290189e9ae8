using RemoteSigner.Administration.History;
using RemoteSigner.Audit;
using RemoteSigner.Clusters;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.Keys;

/// <summary>
/// The one way for shares into the vault, whoever brings them, and to the place where they belong: looks for what must not be together,
/// registers them with slashing protection, keeps their cluster's document, seals them. All of them or none. In the ledger they are
/// enrolling first; they sign once the vault has them. Shares that are here already move to the place that the document has for them; those
/// whose place others take are parked, and so are those that signed without a document and turn out to be beside another share of their
/// validator.
/// </summary>
public sealed class ImportShares(ImportRequest order, AdminRight right = AdminRight.LocalOnly) : AdminAct<ImportedShares>
{
    private readonly Dictionary<BlsPublicKey, VaultShare> _offers = order
        .Shares.DistinctBy(share => share.ShareKey)
        .ToDictionary(share => share.ShareKey);
    private IReadOnlyList<VaultShare> _opened = [];
    private IReadOnlyList<VaultShare> _shares = order.Shares;
    private IReadOnlyList<BlsPublicKey> _settled = [];
    private ImportPlan? _plan;
    private SealedShares? _sealed;
    private HashSet<BlsPublicKey> _present = [];
    private HashSet<BlsPublicKey> _resting = [];
    private HashSet<BlsPublicKey> _exportedGroups = [];
    private HashSet<Root> _left = [];
    private IReadOnlyList<HandedOut> _gone = [];
    private Dictionary<BlsPublicKey, (BlsPublicKey GroupKey, ClusterMembership? Membership)> _yielding = [];
    private InterchangeReport? _history;

    public override string Action => order.Shares.Count == 0 ? AuditActions.KeyBind : AuditActions.KeyImport;

    public override AdminRight Right => right;

    public override IReadOnlyCollection<BlsPublicKey> Keys => [.. order.Shares.Select(share => share.ShareKey)];

    internal override bool WantsVault => true;

    internal override bool BringsHistory => order.History is not null || order.LowWatermark == DeclaredHistory.FromNow;

    internal override ImportedShares Result =>
        new(
            [
                .. _shares
                    .Where(share => !_yielding.ContainsKey(share.ShareKey))
                    .Select(share => (share.ShareKey, share.GroupKey, share.Membership)),
            ],
            [.. (_plan?.Bound ?? []).Except(_yielding.Keys)],
            _plan?.Replaced ?? [],
            [.. Returning],
            _settled,
            [.. _left],
            _history
        )
        {
            Yielded = [.. _yielding.Keys],
        };

    // An export ends by a person who imports the ceremony's document: a client that pushes may be whoever has the copy.
    private bool IsByPerson => order.IsWhole && right == AdminRight.LocalOnly;

    private IEnumerable<BlsPublicKey> Returning => _shares.Select(share => share.ShareKey).Where(_resting.Contains);

    internal override async Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        var held = await proceeding.HeldAsync();
        List<VaultListing.Share> exported = [.. held.Resting(KeyState.Exported)];
        _exportedGroups = [.. exported.Select(share => share.GroupKey).OfType<BlsPublicKey>()];
        var places = new OwnShares(order.Document?.Document, proceeding.Library.Find) { Replace = order.Replace, Rebind = order.Rebind };
        _resting =
        [
            .. held.Resting(KeyState.Parked)
                .Concat(exported.Where(share => IsByPerson && PlaceOf(share) is { } place && places.IsElsewhere(share, place)))
                .Select(share => share.ShareKey),
        ];
        List<ImportRefusal> lent =
        [
            .. exported.Where(share => !_resting.Contains(share.ShareKey) && IsAskedFor(share)).Select(ImportText.Exported),
        ];
        _gone = await HandedOut.RequireGoneAsync(
            proceeding,
            exported.Select(share => share.ShareKey).Where(_resting.Contains),
            order.KeystoresAt
        );
        var anchored = proceeding.AnchoredDocuments(held);
        _yielding = LateSiblings.Of(
            order,
            held,
            places,
            [
                .. anchored.Where(one => one.Document.Hash != order.Document?.Document.Hash),
                .. order.Document is { } document ? [document] : (AnchoredDocument[])[],
            ]
        );
        var refusals = Gather(proceeding.Vault, held, places, cancellation);
        refusals.AddRange(Missing(held));
        _present = [.. _shares.Select(share => share.ShareKey).Where(key => held.Find(key) is not null && held.FindActive(key) is null)];
        _plan = new ImportPlan(
            [.. _shares.Select(share => share.Listed)],
            held,
            places,
            HeldSiblings.Of([.. _shares.Select(share => share.ShareKey)], held, proceeding.Library, anchored.Select(one => one.Document)),
            _yielding.Keys.ToHashSet()
        );
        _left = Left(anchored, held);
        List<ImportRefusal> against = [.. lent, .. refusals, .. _plan.Refusals, .. Disputes(anchored, held)];
        Throw(against.Count == 0 ? [] : [.. against, .. held.InOrder(_yielding.Keys).Select(ImportText.LateSibling)]);
        _sealed = proceeding.Vault.Seal(_shares);
    }

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        if (_shares.Count == 0)
        {
            return false;
        }

        var enrolment = new KeyRegistration([
            .. _shares
                .Where(share => !_resting.Contains(share.ShareKey))
                .Select(share => (new ProtectedKey(share.ShareKey, share.GroupKey), LowWatermarkOf(share))),
        ])
        {
            Regrouped = _plan!.Rebound.Keys,
            Returning = [.. Returning],
            History = order.History,
            Terms = order.Terms ?? new ImportTerms(InterchangeReading.LowWatermarksAtLowest) { Limit = proceeding.NewestPossible() },
            From = order.LowWatermark == DeclaredHistory.FromNow ? FromNow.StartingPoint(proceeding) : null,
        };
        var report = await proceeding.Slashing.EnrolAsync(enrolment, (transaction, report) => Note(proceeding, transaction, report));
        Throw([
            .. report.Refused.Select(refusal =>
                ImportText.Refusal(_shares.First(share => share.ShareKey == refusal.Key.PublicKey).Listed, refusal.Reason, report.History)
            ),
        ]);
        _history = report.History;
        return true;
    }

    internal override async Task FollowAsync(Proceeding proceeding)
    {
        // One that is there and cannot be read is replaced.
        if (order.Document is { } document && proceeding.Library.Find(document.Document.Hash) is null)
        {
            proceeding.Library.Archive.Add(document.Json);
        }

        await proceeding.ChangeVaultAsync(
            proceeding.Vault.DraftExchange([.. _plan!.Bound, .. _shares.Select(share => share.ShareKey).Where(_present.Contains)], _sealed!)
        );
    }

    internal override async Task FinishAsync(Proceeding proceeding)
    {
        var turn = new KeyTurn([.. _shares.Select(share => share.ShareKey)])
        {
            Returning = [.. Returning],
            Leaving = [.. _plan!.Replaced, .. _yielding.Keys],
        };
        var turnover = await proceeding.Slashing.TurnAsync(turn, (transaction, turnover) =>
        {
            PendingActs.End(transaction);
            HandedOut.Forget(transaction, _gone);
            return KeyEvidence.Write(proceeding, transaction, turnover, order.ParkedUntil, yielded: _yielding.Keys);
        });
        if (turnover.IsEmpty)
        {
            await proceeding.Pending.EndAsync();
        }
    }

    public override void Dispose()
    {
        foreach (var share in _opened)
        {
            share.Dispose();
        }

        base.Dispose();
    }

    // Opens those shares of the vault that are to move, or to come back; what stands against it.
    private List<ImportRefusal> Gather(Vault vault, HeldShares held, OwnShares places, CancellationToken cancellation)
    {
        List<VaultListing.Share> here = [.. held.InOrder(order.Places.Keys).Where(share => !IsOffered(share.ShareKey))];
        List<VaultListing.Share> active = [.. here.Where(share => held.FindActive(share.ShareKey) is not null)];
        _settled =
        [
            .. active
                .Where(share => order.Places[share.ShareKey] is var place && OwnShares.IsAt(share, place.GroupKey, place.Membership))
                .Select(share => share.ShareKey),
        ];
        var settled = _settled.ToHashSet();
        List<VaultListing.Share> others = [.. active.Where(share => !settled.Contains(share.ShareKey))];
        var moving = others
            .Where(share => order.Places[share.ShareKey] is var place && places.MayMove(share, place.GroupKey, place.Membership))
            .Select(share => share.ShareKey)
            .ToHashSet();
        List<VaultListing.Share> resting = order.IsWhole ? [.. here.Where(share => _resting.Contains(share.ShareKey))] : [];
        var back = resting
            .Where(share => !places.IsSuperseded(share, order.Places[share.ShareKey].Membership))
            .Select(share => share.ShareKey)
            .ToHashSet();
        _opened = vault.OpenShares(moving.Concat(back).Concat(_yielding.Keys.Where(key => !IsOffered(key))).ToHashSet(), cancellation);
        _shares =
        [
            .. order.Shares.Select(share => GiveWay(KeepPlace(share, held))),
            .. _opened.Select(share => _yielding.ContainsKey(share.ShareKey) ? GiveWay(share) : Move(share)),
        ];
        List<ImportRefusal> stay =
        [
            .. others
                .Where(share => !moving.Contains(share.ShareKey))
                .Select(share => places.Refusal(share, order.Places[share.ShareKey].GroupKey, order.Places[share.ShareKey].Membership)),
            .. resting.Where(share => !back.Contains(share.ShareKey)).Select(OwnShares.RestingRefusal),
        ];
        return order.IsWhole || (_shares.Count == 0 && stay.Exists(refusal => refusal.Code == ImportFault.SupersededDocument.Code())) ? stay
            : _shares.Count > 0 || _settled.Count > 0 || order.Places.Count == 0 ? []
            : stay.Count > 0 ? throw Elsewhere(stay.Count)
            : throw Nothing();
    }

    // Whoever gives the order has looked before what is here, and opened the others: what went away since would be missed by nobody. Of
    // each validator one share is ours.
    private IEnumerable<ImportRefusal> Missing(HeldShares held) =>
        !order.IsWhole
            ? []
            : order
                .Places.GroupBy(place => place.Value.GroupKey, place => place.Key)
                .Where(group =>
                    !group.Any(key =>
                        IsOffered(key)
                        || (held.Find(key) is not null && held.StateOf(key) is KeyState.Active or KeyState.Parked or KeyState.Exported)
                    )
                )
                .Select(group => ImportText.Missing(group.Key));

    // Where the order has the share; null where it says nothing of it.
    private ClusterMembership? PlaceOf(VaultListing.Share share) =>
        order.Places.TryGetValue(share.ShareKey, out var place) ? place.Membership : _offers.GetValueOrDefault(share.ShareKey)?.Membership;

    private bool IsOffered(BlsPublicKey key) => _offers.ContainsKey(key);

    private bool IsAskedFor(VaultListing.Share share) =>
        IsOffered(share.ShareKey) || (order.IsWhole && order.Places.ContainsKey(share.ShareKey));

    // A parked share comes back as what it was sealed as, whatever whoever brings it knows.
    private VaultShare KeepPlace(VaultShare share, HeldShares held) =>
        share.Membership is null && _resting.Contains(share.ShareKey) && held.Find(share.ShareKey) is { } known
            ? share with
            {
                GroupKey = known.GroupKey,
                Membership = known.Membership,
                Label = known.Label,
            }
            : share;

    private VaultShare GiveWay(VaultShare share) =>
        _yielding.TryGetValue(share.ShareKey, out var place)
            ? share with
            {
                GroupKey = place.GroupKey,
                Membership = place.Membership is { } member
                    ? member with
                    {
                        Provenance = PushLabels.ProvenanceOf(share.Label, member.Provenance),
                    }
                    : null,
            }
            : share;

    private VaultShare Move(VaultShare share)
    {
        var (group, membership) = order.Places[share.ShareKey];
        return share with
        {
            GroupKey = group,
            Membership = membership with { Provenance = PushLabels.ProvenanceOf(share.Label, membership.Provenance) },
        };
    }

    // A share in the vault's place continues what was known; only one that is new here needs somebody's word for its past.
    private DeclaredHistory LowWatermarkOf(VaultShare share) =>
        _plan!.Bound.Contains(share.ShareKey)
        || (
            (_plan.Replacing.Contains(share.ShareKey) || (order.Replace && share.GroupKey is { } group && _exportedGroups.Contains(group)))
            && order.LowWatermark != DeclaredHistory.FromNow
        )
            ? DeclaredHistory.Continued
            : order.LowWatermark;

    // The documents that shares are taken from; where the shares were taken from it before an interruption, one that contradicts theirs and
    // has none any more.
    private HashSet<Root> Left(IReadOnlyList<AnchoredDocument> anchored, HeldShares held)
    {
        HashSet<Root> left = [.. _plan!.Rebound.Values.Select(share => share.Membership?.ClusterHash).OfType<Root>()];
        if (order is { Rebind: true, Document: { } document } && _shares.Count == 0 && _settled.Count > 0)
        {
            left.UnionWith(
                anchored
                    .Select(known => known.Document)
                    .Where(known => KnownShares.Contradict(document, known) && !held.HasMemberOf(known.Hash))
                    .Select(known => known.Hash)
            );
        }

        return left;
    }

    // What those who may be believed say else of the keys in the document. What shares were bound to that now leave it does not count.
    private IReadOnlyList<ImportRefusal> Disputes(IReadOnlyList<AnchoredDocument> anchored, HeldShares held) =>
        order.Document is not { } document
            ? []
            : new KnownShares(
                anchored.Where(known => !_left.Contains(known.Document.Hash)),
                held.Active.Where(share => !_plan!.Rebound.ContainsKey(share.ShareKey))
            ).Against(document);

    private static void Throw(List<ImportRefusal> refusals)
    {
        if (refusals.Count > 0)
        {
            throw new ImportException(refusals);
        }
    }

    private long Note(Proceeding proceeding, LedgerTransaction transaction, KeyRegistrationReport report)
    {
        PendingActs.Begin(
            transaction,
            new PendingAct(Action, new PendingEffect.VaultGeneration(proceeding.Vault.Contents.Generation + 1))
            {
                Replaced = [.. _plan!.Replaced],
                Returning = [.. Returning],
                Yielding = [.. _yielding.Keys],
                ParkedUntil = order.ParkedUntil,
            }
        );
        if (report.History is { } history)
        {
            ImportHistory.Note(proceeding, transaction, history, $"history that came with {order.Shares.Count} keys");
        }

        Throw([.. _shares.SelectMany(share => SecondOf(transaction, share))]);
        var last = 0L;
        foreach (var share in _shares)
        {
            var (action, before) = _plan.Rebound.TryGetValue(share.ShareKey, out var former)
                ? (_plan.Moved.Contains(share.ShareKey) ? AuditActions.KeyMove : AuditActions.KeyRebind, $"; before: {Describe(former)}")
                : (
                    _plan.Bound.Contains(share.ShareKey) ? AuditActions.KeyBind
                    : _resting.Contains(share.ShareKey) ? AuditActions.KeyReturn
                    : AuditActions.KeyImport,
                    ""
                );
            last = proceeding.Append(transaction, action, entry =>
                entry with
                {
                    ShareKey = share.ShareKey,
                    GroupKey = share.GroupKey,
                    Detail =
                        Describe(share)
                        + Reason
                        + before
                        + (_yielding.ContainsKey(share.ShareKey) ? "; its place is taken, so it is parked" : ""),
                }
            );
        }

        return last;
    }

    // By its history the ledger knows a validator's shares also where nobody says whose a share is: where this throws, nothing is kept.
    private IEnumerable<ImportRefusal> SecondOf(LedgerTransaction transaction, VaultShare share) =>
        (_yielding.ContainsKey(share.ShareKey) ? [] : SlashingProtection.SignBeside(transaction, share.ShareKey))
            .Where(other => !_plan!.Replaced.Contains(other) && !_yielding.ContainsKey(other))
            .Select(other => ImportText.SecondShare(share.Listed, other));

    private static AdminException Elsewhere(int count) =>
        new(
            AdminFault.BoundElsewhere,
            $"no share in the vault waits to be bound to this document; {count} of it are held under another cluster or validator",
            "find out which of the two is right; 'remote-signer cluster bind --replace' then binds them to this one"
        );

    private static AdminException Nothing() =>
        new(
            AdminFault.NothingToBind,
            "no share in the vault waits to be bound to this document",
            "'remote-signer keys list' shows what is in the vault, 'remote-signer cluster import' brings shares "
                + "that are not, and 'cluster add-lock' keeps the document for those that will be pushed"
        );

    // Why the document was believed that says so.
    private string Reason => order.Document is { } document ? $", by {document.Reason}" : "";

    private static string Describe(VaultShare share) => share.Membership is { } member ? $"{share.Label}: {Describe(member)}" : share.Label;

    private static string Describe(VaultListing.Share held) =>
        $"{(held.Membership is { } member ? Describe(member) : "no cluster")}, validator {held.GroupKey?.ToString() ?? "not known"}";

    private static string Describe(ClusterMembership member) =>
        $"share {member.ShareIndex} of {member.Operators}, threshold {member.Threshold}, "
        + $"cluster {member.ClusterHash}, {member.Provenance.Name()}";
}
