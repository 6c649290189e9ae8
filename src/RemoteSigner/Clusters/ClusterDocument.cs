using System.Collections.Immutable;
using System.Security.Cryptography;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters;

/// <summary>
/// What says who holds which share: a Charon lock, or an SSV keyshares document. Reading it proves nothing; whoever makes one verifies it
/// first, or finds it under the <see cref="ClusterMembership.ClusterHash"/> of a sealed share, which proves that it was verified when that
/// share came in.
/// </summary>
public abstract record ClusterDocument
{
    private readonly Lazy<ILookup<BlsPublicKey, BlsPublicKey>> _groups;

    private ClusterDocument() =>
        _groups = new(() =>
            GroupKeys
                .SelectMany(group => SharesOf(group).Select(share => share.PublicShare).Prepend(group).Select(key => (key, group)))
                .ToLookup(pair => pair.key, pair => pair.group)
        );

    /// <summary>Computed from the content, never taken from it.</summary>
    public abstract Root Hash { get; }

    /// <summary>What people call the cluster; may be empty.</summary>
    public abstract string Name { get; }

    /// <summary>How many partial signatures make one of the group.</summary>
    public abstract int Threshold { get; }

    /// <summary>How many shares each validator has.</summary>
    public abstract int Operators { get; }

    /// <summary>The public keys of all validators, in the order of the document.</summary>
    public abstract IReadOnlyList<BlsPublicKey> GroupKeys { get; }

    /// <summary>The shares of one validator, all operators'; empty when the document does not know it.</summary>
    public abstract IReadOnlyList<(ulong Index, BlsPublicKey PublicShare)> SharesOf(BlsPublicKey groupKey);

    /// <summary>
    /// The validators of which a key is a share, any operator's, or the key itself: mostly one or none. It takes no longer the more of them
    /// there are.
    /// </summary>
    public IEnumerable<BlsPublicKey> GroupsOf(BlsPublicKey key) => _groups.Value[key];

    /// <summary>Where the fees of one validator go; null when the document does not say.</summary>
    public abstract ExecutionAddress? FeeRecipientOf(BlsPublicKey groupKey);

    /// <summary>
    /// What else it lays down about one validator that our share obeys, in words: where fees and the stake go. Empty when it does not say.
    /// </summary>
    public virtual string TermsOf(BlsPublicKey groupKey) => "";

    /// <summary>
    /// What about a deposit for one of its validators is not as the document has it, in words; null when nothing is, or when it does not
    /// say. Up to <paramref name="maxTopUp"/> Gwei, and from the deposit contract's least of 1 ETH, any amount will do.
    /// </summary>
    public virtual string? DepositProblem(Deposit deposit, ulong maxTopUp) => null;

    /// <summary>Reads a document of either kind.</summary>
    /// <exception cref="ClusterFileException">It cannot be understood.</exception>
    public static ClusterDocument Read(ReadOnlyMemory<byte> json) =>
        KeysharesFile.Is(json) ? new SsvShares(json) : new CharonLock(ClusterLock.Parse(json));

    /// <summary>Charon's <c>cluster-lock.json</c>.</summary>
    public sealed record CharonLock : ClusterDocument
    {
        private readonly Dictionary<BlsPublicKey, int> _positions = [];

        public CharonLock(ClusterLock cluster)
        {
            (Cluster, Hash) = (cluster, LockHash.Compute(cluster));
            foreach (var (position, validator) in cluster.Validators.Index())
            {
                _positions.TryAdd(validator.GroupKey, position);
            }
        }

        public ClusterLock Cluster { get; }

        public override Root Hash { get; }

        public override string Name => Cluster.Definition.Name;

        public override int Threshold => Cluster.Definition.Threshold;

        public override int Operators => Cluster.Definition.Operators.Length;

        public override IReadOnlyList<BlsPublicKey> GroupKeys => [.. Cluster.Validators.Select(validator => validator.GroupKey)];

        public override IReadOnlyList<(ulong Index, BlsPublicKey PublicShare)> SharesOf(BlsPublicKey groupKey) =>
            _positions.TryGetValue(groupKey, out var position)
                ? [.. Cluster.Validators[position].PublicShares.Select((share, i) => ((ulong)i + 1, share))]
                : [];

        public override ExecutionAddress? FeeRecipientOf(BlsPublicKey groupKey) =>
            _positions.TryGetValue(groupKey, out var position)
            && ExecutionAddress.TryParse(Cluster.Definition.AddressesOf(position).FeeRecipient, out var address)
                ? address
                : null;

        public override string TermsOf(BlsPublicKey groupKey) =>
            _positions.TryGetValue(groupKey, out var position) && Cluster.Definition.AddressesOf(position) is var addresses
                ? $"fees to {addresses.FeeRecipient.ToLowerInvariant()}, withdrawals to {addresses.Withdrawal.ToLowerInvariant()}"
                : "";

        public override string? DepositProblem(Deposit deposit, ulong maxTopUp) =>
            _positions.TryGetValue(deposit.PublicKey, out var position)
                ? LockedDeposits.Problem(Cluster, position, deposit, maxTopUp)
                : "is for a validator that the lock does not have";
    }

    /// <summary>
    /// SSV's <c>keyshares.json</c>; its hash is that of its bytes. All its validators have the same operators, else
    /// <see cref="ClusterFileException"/>.
    /// </summary>
    public sealed record SsvShares : ClusterDocument
    {
        private readonly Dictionary<BlsPublicKey, ValidatorShares> _validators = [];

        public SsvShares(ReadOnlyMemory<byte> json)
        {
            (File, Hash) = (KeysharesFile.Parse(json), new Root(SHA256.HashData(json.Span)));
            foreach (var validator in File.Validators)
            {
                _validators.TryAdd(validator.GroupKey, validator);
                if (!validator.OperatorIds.SequenceEqual(OperatorIds))
                {
                    throw new ClusterFileException(
                        ClusterFileFault.Malformed,
                        "the validators of the file have different operators",
                        "make one file for each set of operators"
                    );
                }
            }

            Committee = SsvMessage.CommitteeOf(OperatorIds);
        }

        public KeysharesFile File { get; }

        public override Root Hash { get; }

        /// <summary>Empty: the file has no name for the cluster.</summary>
        public override string Name => "";

        public override int Threshold => File.Validators[0].Threshold;

        public override int Operators => File.Validators[0].Operators.Length;

        /// <summary>As SSV's contract numbers them: the x-coordinates of the shares.</summary>
        public ImmutableArray<ulong> OperatorIds => File.Validators[0].OperatorIds;

        /// <summary>How its operators are named together in SSV's messages.</summary>
        public Root Committee { get; }

        public override IReadOnlyList<BlsPublicKey> GroupKeys => [.. File.Validators.Select(validator => validator.GroupKey)];

        /// <summary>One of its validators; null when it is of none.</summary>
        public ValidatorShares? Find(BlsPublicKey groupKey) => _validators.GetValueOrDefault(groupKey);

        public override IReadOnlyList<(ulong Index, BlsPublicKey PublicShare)> SharesOf(BlsPublicKey groupKey) =>
            _validators.TryGetValue(groupKey, out var validator) && validator.HasWholeSharesData
                ? [.. validator.Operators.Zip(validator.PublicShares, (member, share) => (member.Id, share))]
                : [];

        /// <summary>Null: the owner sets it in the contract.</summary>
        public override ExecutionAddress? FeeRecipientOf(BlsPublicKey groupKey) => null;
    }
}
