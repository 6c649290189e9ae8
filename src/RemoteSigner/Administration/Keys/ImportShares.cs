using RemoteSigner.Administration.History;
using RemoteSigner.Clusters;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.Keys;

/// <summary>
/// The one way for shares into the vault, whoever brings them: looks for what must not be together, registers them with slashing protection, keeps their cluster's document, seals them. All of
/// them or none. In the ledger they are enrolling first; they sign once the vault has them.
/// </summary>
public sealed class ImportShares(IntakeOrder order, AdminRight right = AdminRight.LocalOnly) : AdminAct<ImportedShares>
{
    private IntakePlan? _plan;
    private SealedShares? _sealed;
    private HashSet<BlsPublicKey> _present = [];
    private InterchangeReport? _history;

    public override string Action => "key.import";

    public override AdminRight Right => right;

    public override IReadOnlyCollection<BlsPublicKey> Keys => [.. order.Shares.Select(share => share.ShareKey)];

    internal override bool WantsVault => true;

    internal override bool BringsHistory => order.History is not null || order.Floor == SlashingFloor.FromNow;

    internal override ImportedShares Result => new(Keys, _plan!.Bound, _plan.Replaced, _history);

    internal override async Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        var states = await proceeding.Slashing.GetKeyStatesAsync();
        var (alive, others) = (proceeding.Vault.Contents.Shares.Where(share => IsAlive(states, share.ShareKey)).ToList(), proceeding.Vault.Contents.Shares.Where(share => !IsAlive(states, share.ShareKey)));
        _present = [.. others.Select(share => share.ShareKey)];
        _plan = new IntakePlan([.. order.Shares.Select(share => share.Listed)], alive, HeldSiblings.Of(alive, proceeding.Library), order.Replace, order.Rebind);
        Throw([.. _plan.Refusals, .. Disputes(proceeding, alive)]);
        _sealed = proceeding.Vault.Seal(order.Shares);
    }

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        var enrolment = new KeyEnrolment([.. order.Shares.Select(share => (new ProtectedKey(share.ShareKey, share.GroupKey), FloorOf(share)))])
        {
            Regrouped = _plan!.Rebound.Keys,
            History = order.History,
            Terms = order.Terms ?? new ImportTerms(InterchangeReading.FloorsAtLowest) { Limit = proceeding.NewestPossible() },
            From = order.Floor == SlashingFloor.FromNow ? FromNow.StartingPoint(proceeding) : null,
        };
        var report = await proceeding.Slashing.EnrolAsync(enrolment, (transaction, report) => Note(proceeding, transaction, report));
        Throw([.. report.Refused.Select(refusal => IntakeText.Refusal(order.Shares.First(share => share.ShareKey == refusal.Key.PublicKey).Listed, refusal.Reason, report.History))]);
        _history = report.History;
        return true;
    }

    internal override Task FollowAsync(Proceeding proceeding)
    {
        // One that is there and cannot be read is replaced.
        if (order.Document is { } document && proceeding.Library.Find(document.Document.Hash) is null)
        {
            proceeding.Library.Archive.Add(document.Json);
        }

        proceeding.Vault.Exchange([.. _plan!.Replaced, .. _plan.Bound, .. Keys.Where(_present.Contains)], _sealed!);
        return Task.CompletedTask;
    }

    internal override async Task FinishAsync(Proceeding proceeding)
    {
        var turnover = await proceeding.Slashing.ActivateAsync(Keys, _plan!.Replaced, (transaction, turnover) =>
        {
            PendingActs.End(transaction);
            return KeyEvidence.Write(proceeding, transaction, turnover);
        });
        if (turnover.Activated.Count == 0)
        {
            await proceeding.Pending.EndAsync();
        }
    }

    /// <summary>A share that is in the vault and not active counts as one that comes.</summary>
    internal static bool IsAlive(IReadOnlyDictionary<BlsPublicKey, KeyState> states, BlsPublicKey key) => states.GetValueOrDefault(key) == KeyState.Active;

    // A share in the vault's place continues what was known; only one that is new here needs somebody's word for its past.
    private SlashingFloor FloorOf(VaultShare share) =>
        _plan!.Bound.Contains(share.ShareKey) || _plan.Replacing.Contains(share.ShareKey) ? SlashingFloor.Continued : order.Floor;

    // What those who may be believed say else of the keys in the document. What shares were bound to that now leave it does not count.
    private IReadOnlyList<IntakeRefusal> Disputes(Proceeding proceeding, IReadOnlyList<VaultListing.Share> alive)
    {
        if (order.Document is not { } document)
        {
            return [];
        }

        var left = _plan!.Rebound.Values.Select(share => share.Membership?.ClusterHash).ToHashSet();
        return new KnownShares(proceeding.AnchoredDocuments().Where(known => !left.Contains(known.Document.Hash)), alive.Where(share => !_plan.Rebound.ContainsKey(share.ShareKey))).Against(document);
    }

    private static void Throw(List<IntakeRefusal> refusals)
    {
        if (refusals.Count > 0)
        {
            throw new IntakeException(refusals);
        }
    }

    private long Note(Proceeding proceeding, LedgerTransaction transaction, KeyEnrolmentReport report)
    {
        PendingActs.Begin(transaction, new PendingAct(Action, new PendingEffect.VaultGeneration(proceeding.Vault.Contents.Generation + 1)) { Replaced = [.. _plan!.Replaced] });
        if (report.History is { } history)
        {
            ImportHistory.Note(proceeding, transaction, history, $"history that came with {order.Shares.Count} keys");
        }

        var last = 0L;
        foreach (var share in order.Shares)
        {
            var (action, before) = _plan.Rebound.TryGetValue(share.ShareKey, out var former) ? ("key.rebind", $"; before: {Describe(former)}") : (_plan.Bound.Contains(share.ShareKey) ? "key.bind" : Action, "");
            last = proceeding.Append(transaction, action, entry => entry with { ShareKey = share.ShareKey, GroupKey = share.GroupKey, Detail = Describe(share) + Reason + before });
        }

        return last;
    }

    // Why the document was believed that says so.
    private string Reason => order.Document is { } document ? $", by {document.Reason}" : "";

    private static string Describe(VaultShare share) => share.Membership is { } member ? $"{share.Label}: {Describe(member)}" : share.Label;

    private static string Describe(VaultListing.Share held) => $"{(held.Membership is { } member ? Describe(member) : "no cluster")}, validator {held.GroupKey?.ToString() ?? "not known"}";

    private static string Describe(ClusterMembership member) => $"share {member.ShareIndex} of {member.Operators}, threshold {member.Threshold}, cluster {member.ClusterHash}, {member.Provenance}";
}
