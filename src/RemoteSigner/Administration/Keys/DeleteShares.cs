using RemoteSigner.Audit;
using RemoteSigner.Ledgers;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.Keys;

/// <summary>
/// Takes shares out: from its transaction on they sign no more, whatever copy of the vault comes back; their history stays. A client takes
/// none out that is exported for a ceremony. The result says of each what it is once the ledger has ended it and the vault has given it up.
/// </summary>
/// <param name="end">Whether they may be brought in again.</param>
/// <param name="right">What a client needs for it, as its door says.</param>
public sealed class DeleteShares(IReadOnlyList<BlsPublicKey> keys, KeyEnd end, AdminRight right = AdminRight.LocalOnly)
    : AdminAct<IReadOnlyList<DeletedShare>>
{
    private readonly List<DeletedShare> _result = [];
    private IReadOnlyList<BlsPublicKey> _wanted = [];

    public override string Action => OnlyParked ? AuditActions.ClusterCommit : AuditActions.KeyDelete;

    /// <summary>
    /// Only those that are parked, or out for a ceremony, and whose validator has another share that signs: that one took their place for
    /// good.
    /// </summary>
    public bool OnlyParked { get; init; }

    /// <summary>Only those that no document has, whatever was known of them before.</summary>
    public bool OnlyUnplaced { get; init; }

    public override AdminRight Right => right;

    public override IReadOnlyCollection<BlsPublicKey> Keys => keys;

    internal override bool WantsVault => true;

    internal override IReadOnlyList<DeletedShare> Result => _result;

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        var states = await proceeding.Slashing.GetKeyStatesAsync(keys);
        _wanted = await ChooseAsync(proceeding, states);
        var ended = await proceeding.Slashing.RetireAsync(_wanted, end, (transaction, gone) =>
            Note(proceeding, transaction, gone)
                .Select(key =>
                    proceeding.Append(transaction, Action, entry =>
                        entry with
                        {
                            ShareKey = key,
                            Detail = end == KeyEnd.Retired || states[key] == KeyState.Exported ? "for good" : "it may be brought in again",
                        }
                    )
                )
                .Last()
        );
        var gone = ended.ToHashSet();
        _result.AddRange(
            keys.Select(key =>
                gone.Contains(key) ? DeletedShare.Deleted
                : states.ContainsKey(key) ? DeletedShare.NotActive
                : DeletedShare.NotFound
            )
        );
        return ended.Count > 0;
    }

    private async Task<IReadOnlyList<BlsPublicKey>> ChooseAsync(
        Proceeding proceeding,
        IReadOnlyDictionary<BlsPublicKey, KeyState> states
    ) =>
        OnlyParked
            ? await proceeding.Slashing.GetKeysWithSigningSiblingAsync(
                [.. keys.Where(key => states.GetValueOrDefault(key) is KeyState.Parked or KeyState.Exported)],
                []
            )
        : OnlyUnplaced ? [.. keys.Where(key => proceeding.Vault.Find(key) is { Membership: null, GroupKey: null })]
        : [.. keys.Where(key => right == AdminRight.LocalOnly || states.GetValueOrDefault(key) != KeyState.Exported)];

    internal override async Task FollowAsync(Proceeding proceeding)
    {
        BlsPublicKey[] held = [.. _wanted.Where(key => proceeding.Vault.Find(key) is not null).Distinct()];
        if (held.Length > 0)
        {
            await proceeding.ChangeVaultAsync(proceeding.Vault.DraftExchange(held, SealedShares.None));
        }
    }

    internal override Task FinishAsync(Proceeding proceeding) =>
        proceeding.Slashing.FinishRetiringAsync(_wanted, (transaction, gone) =>
            proceeding.Append(transaction, AuditActions.KeyRetired, entry => entry with { Keys = gone })
        );

    // A set that is given up is parked no more.
    private IReadOnlyList<BlsPublicKey> Note(Proceeding proceeding, LedgerTransaction transaction, IReadOnlyList<BlsPublicKey> gone)
    {
        foreach (
            var cluster in OnlyParked
                ? gone.Select(proceeding.Vault.Find).OfType<VaultListing.Share>().Select(share => share.Membership?.ClusterHash).Distinct()
                : []
        )
        {
            ParkedSets.Remove(transaction, cluster);
        }

        return gone;
    }
}

/// <summary>What became of a key that was to be deleted.</summary>
public enum DeletedShare
{
    /// <summary>It could sign before, and is out of ledger, vault and the open keys now.</summary>
    Deleted,

    /// <summary>It could not sign before; there is history of it.</summary>
    NotActive,

    /// <summary>Nothing is known of it.</summary>
    NotFound,
}
