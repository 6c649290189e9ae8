using System.Collections.Frozen;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Native;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.House;

namespace RemoteSigner.Tests.Clusters;

/// <summary>Against a lock of the vectors (ours), whose group secrets are known.</summary>
public sealed class ClusterRulesTests : IDisposable
{
    private const string Cluster = "lock-v1_11-4of3";

    private static readonly ExecutionAddress _other = ExecutionAddress.Parse("0x" + new string('9', 40));

    private readonly string _folder = Directory.CreateTempSubdirectory("rules").FullName;
    private readonly SecretArena _arena = new();
    private readonly ClusterLock _lock = ClusterVectors.Lock(Cluster);
    private readonly ClusterArchive _archive;
    private readonly ProtectedKey _share;
    private readonly ClusterMembership _membership;
    private readonly ForkInfo _fork = new(
        ForkVersion.Parse("0x05000000"),
        ForkVersion.Parse("0x05000000"),
        new Epoch(0),
        new Root(new byte[32])
    );

    public ClusterRulesTests()
    {
        _archive = new ClusterArchive(Path.Combine(_folder, "clusters"));
        _archive.Add(ClusterVectors.Bytes(Cluster));
        _share = new ProtectedKey(_lock.Validators[0].PublicShares[1], _lock.Validators[0].GroupKey);
        _membership = new ClusterMembership(2, 3, 4, _lock.LockHash, ShareProvenance.LockFile);
    }

    private static Network Network => Network.Find("hoodi")!;

    public void Dispose()
    {
        _arena.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_proof_inside_an_aggregate_is_the_groups(bool electra)
    {
        var selection = new AggregationSlot(new Slot(electra ? 12_000_000UL : 320), _fork);

        Assert.Null(RuleOf(Aggregate(selection, GroupSecret(0), electra)));
        Assert.Equal(ClusterRule.SelectionProofNotOfGroup, RuleOf(Aggregate(selection, GroupSecret(1), electra)));
        Assert.Equal(ClusterRule.SelectionProofNotOfGroup, RuleOf(Aggregate(selection, ShareSecret(), electra)));
        Assert.Equal(
            ClusterRule.SelectionProofNotOfGroup,
            RuleOf(Aggregate(selection, GroupSecret(0), electra) with { SelectionProof = default })
        );
        var later = Aggregate(selection with { Slot = new Slot(selection.Slot.Value + 1) }, GroupSecret(0), electra);
        Assert.Equal(
            ClusterRule.SelectionProofNotOfGroup,
            RuleOf(Aggregate(selection, GroupSecret(0), electra) with { SelectionProof = later.SelectionProof })
        );
    }

    [Fact]
    public void The_proof_inside_a_contribution_is_the_groups_and_for_its_subcommittee()
    {
        Assert.Null(RuleOf(Contribution(GroupSecret(0), 1, 1)));
        Assert.Equal(ClusterRule.SelectionProofNotOfGroup, RuleOf(Contribution(GroupSecret(0), 1, 2)));
        Assert.Equal(ClusterRule.SelectionProofNotOfGroup, RuleOf(Contribution(ShareSecret(), 1, 1)));
    }

    [Fact]
    public void A_proof_is_not_asked_of_a_whole_key_or_one_whose_group_is_not_known()
    {
        var message = Aggregate(new AggregationSlot(new Slot(320), _fork), ShareSecret(), electra: false);

        Assert.Null(Rules().Refusal(_share.PublicKey, null, null, message));
        Assert.Null(Rules().Refusal(_share.PublicKey, _share.PublicKey, null, message));
    }

    [Fact]
    public void A_registration_names_the_share_or_its_group_and_the_locks_fee_recipient()
    {
        var locked = ExecutionAddress.Parse(_lock.Definition.AddressesOf(0).FeeRecipient);

        Assert.Null(RuleOf(Registration(_share.PublicKey, locked)));
        Assert.Null(RuleOf(Registration(_share.GroupKey!.Value, locked)));
        Assert.Equal(ClusterRule.RegistrationForAnotherKey, RuleOf(Registration(_lock.Validators[1].GroupKey, locked)));
        Assert.Equal(ClusterRule.FeeRecipientNotAllowed, RuleOf(Registration(_share.PublicKey, _other)));
        Assert.Null(RuleOf(Registration(_share.PublicKey, _other), Policy([_other])));
        Assert.Null(RuleOf(Registration(_share.PublicKey, locked), Policy([_other])));
    }

    [Fact]
    public void A_key_without_a_lock_is_held_to_the_list_and_the_band_only_where_there_are_any()
    {
        var whole = new ProtectedKey(_share.PublicKey, null);

        Assert.Null(Rules().Refusal(whole.PublicKey, whole.GroupKey, null, Registration(_share.GroupKey!.Value, _other)));
        Assert.Null(Rules(Policy([_other])).Refusal(whole.PublicKey, whole.GroupKey, null, Registration(whole.PublicKey, _other)));
        Assert.Equal(
            ClusterRule.FeeRecipientNotAllowed,
            Rules(Policy([default])).Refusal(whole.PublicKey, whole.GroupKey, null, Registration(whole.PublicKey, _other))?.Rule
        );
        Assert.Equal(
            ClusterRule.GasLimitOutsideBand,
            Rules(Policy([], least: 30_000_001)).Refusal(whole.PublicKey, whole.GroupKey, null, Registration(whole.PublicKey, _other))?.Rule
        );
        Assert.Equal(
            ClusterRule.GasLimitOutsideBand,
            Rules(Policy([], most: 29_999_999)).Refusal(whole.PublicKey, whole.GroupKey, null, Registration(whole.PublicKey, _other))?.Rule
        );
        Assert.Null(
            Rules(Policy([], 30_000_000, 30_000_000)).Refusal(whole.PublicKey, whole.GroupKey, null, Registration(whole.PublicKey, _other))
        );
    }

    [Fact]
    public void Preferences_are_held_to_what_a_registration_is_held_to()
    {
        var locked = ExecutionAddress.Parse(_lock.Definition.AddressesOf(0).FeeRecipient);

        Assert.Null(RuleOf(Preferences(locked)));
        Assert.Equal(ClusterRule.FeeRecipientNotAllowed, RuleOf(Preferences(_other)));
        Assert.Null(RuleOf(Preferences(_other), Policy([_other])));
        Assert.Equal(ClusterRule.GasLimitOutsideBand, RuleOf(Preferences(locked), Policy([], least: 30_000_001)));
        Assert.Equal(ClusterRule.GasLimitOutsideBand, RuleOf(Preferences(locked), Policy([], most: 29_999_999)));
        Assert.Equal(
            ClusterRule.ClusterDocumentMissing,
            Rules().Refusal(_share.PublicKey, _share.GroupKey, _membership with { ClusterHash = default }, Preferences(_other))?.Rule
        );
    }

    [Fact]
    public void A_builders_bid_and_envelope_take_a_key_that_is_configured_as_one_and_a_bid_its_limits()
    {
        var builder = new BuilderPolicy([_share.PublicKey], 100, AllowsExecutionPayment: false);
        ClusterRule? Ask(SignableMessage message, BuilderPolicy? policy) =>
            Rules(builders: policy).Refusal(_share.PublicKey, null, null, message)?.Rule;

        Assert.Null(Ask(Gloas.Envelope(new Slot(320), _fork), null));
        Assert.Equal(ClusterRule.NotABuilder, Ask(Gloas.Envelope(new Slot(320), _fork, builder: 7), null));
        Assert.Null(Ask(Gloas.Envelope(new Slot(320), _fork, builder: 7), builder));
        Assert.Equal(ClusterRule.NotABuilder, Ask(Gloas.Bid(new Slot(320), _fork), null));
        Assert.Null(Ask(Gloas.Bid(new Slot(320), _fork, value: 100), builder));
        Assert.Equal(ClusterRule.BidAboveLimit, Ask(Gloas.Bid(new Slot(320), _fork, value: 101), builder));
        Assert.Equal(ClusterRule.BidAboveLimit, Ask(Gloas.Bid(new Slot(320), _fork, payment: 1), builder));
        Assert.Null(Ask(Gloas.Bid(new Slot(320), _fork, payment: 1), builder with { AllowsExecutionPayment = true }));
    }

    [Fact]
    public void A_second_vote_about_a_payload_is_refused_only_where_one_a_slot_is_wanted()
    {
        var (yes, no) = (
            new PayloadAttestation(default, new Slot(320), PayloadPresent: true, BlobDataAvailable: true, _fork),
            new PayloadAttestation(default, new Slot(320), PayloadPresent: false, BlobDataAvailable: true, _fork)
        );
        var (lenient, strict) = (Rules(), Rules(oneVote: true));
        foreach (var rules in new[] { lenient, strict })
        {
            Assert.Null(rules.Refusal(_share.PublicKey, null, null, yes));
            Assert.Null(rules.Refusal(_share.PublicKey, null, null, yes));
            Assert.Null(rules.Refusal(_lock.Validators[1].GroupKey, null, null, no));
            Assert.Null(rules.Refusal(_share.PublicKey, null, null, no with { Slot = new Slot(321) }));
        }

        Assert.Null(strict.Refusal(_share.PublicKey, null, null, no with { Slot = new Slot(322) }, isToBeSigned: false));
        Assert.Null(strict.Refusal(_share.PublicKey, null, null, yes with { Slot = new Slot(322) }));
        Assert.Null(lenient.Refusal(_share.PublicKey, null, null, no));
        Assert.Equal(ClusterRule.OtherPayloadVote, strict.Refusal(_share.PublicKey, null, null, no)?.Rule);
        Assert.Null(strict.Refusal(_share.PublicKey, null, null, yes));
    }

    [Fact]
    public void A_deposit_is_for_the_group_and_as_the_lock_has_it()
    {
        var signed = _lock.Validators[0].Deposits[0];
        var deposit = new Deposit(signed.PublicKey, signed.WithdrawalCredentials, signed.Amount, _lock.Definition.ForkVersion);
        var credentials = signed.WithdrawalCredentials.Bytes.ToArray();
        credentials[31] ^= 1;

        Assert.Null(RuleOf(deposit));
        Assert.Equal(ClusterRule.DepositForAnotherKey, RuleOf(deposit with { PublicKey = _share.PublicKey }));
        Assert.Equal(ClusterRule.DepositNotOfCluster, RuleOf(deposit with { WithdrawalCredentials = new Root(credentials) }));
        Assert.Equal(ClusterRule.DepositNotOfCluster, RuleOf(deposit with { Amount = deposit.Amount + 1 }));
        Assert.Equal(ClusterRule.DepositNotOfCluster, RuleOf(deposit with { GenesisForkVersion = ForkVersion.Parse("0x01020304") }));
    }

    [Fact]
    public void A_top_up_beyond_the_locks_amounts_takes_a_limit_and_goes_to_the_same_address()
    {
        const ulong Ether = 1_000_000_000;
        var signed = _lock.Validators[0].Deposits[0];
        var topUp = new Deposit(signed.PublicKey, signed.WithdrawalCredentials, 8 * Ether, _lock.Definition.ForkVersion);
        ClusterRefusal? Ask(Deposit deposit, ulong most) =>
            Rules(maxTopUp: most).Refusal(_share.PublicKey, _share.GroupKey, _membership, deposit);

        Assert.Contains("maxTopUpGwei", Ask(topUp, 0)?.Detail, StringComparison.Ordinal);
        Assert.Null(Ask(topUp, 8 * Ether));
        Assert.Null(Ask(topUp with { Amount = Ether }, 8 * Ether));
        Assert.Contains("to at most 7999999999 Gwei", Ask(topUp, (8 * Ether) - 1)?.Detail, StringComparison.Ordinal);
        Assert.Equal(ClusterRule.DepositNotOfCluster, Ask(topUp with { Amount = Ether - 1 }, 8 * Ether)?.Rule);
        Assert.Equal(ClusterRule.DepositNotOfCluster, Ask(topUp with { WithdrawalCredentials = default }, 8 * Ether)?.Rule);
        Assert.Equal(
            ClusterRule.DepositNotOfCluster,
            Ask(topUp with { GenesisForkVersion = ForkVersion.Parse("0x01020304") }, 8 * Ether)?.Rule
        );
        Assert.Equal(ClusterRule.DepositForAnotherKey, Ask(topUp with { PublicKey = _share.PublicKey }, 8 * Ether)?.Rule);
        Assert.Null(Ask(topUp with { Amount = signed.Amount }, 0));
    }

    [Fact]
    public void A_whole_key_and_one_whose_group_is_not_known_deposit_for_themselves_alone()
    {
        var deposit = new Deposit(_share.PublicKey, default, 32_000_000_000, _lock.Definition.ForkVersion);

        foreach (var group in (BlsPublicKey?[])[null, _share.PublicKey])
        {
            Assert.Null(Rules().Refusal(_share.PublicKey, group, null, deposit));
            Assert.Equal(
                ClusterRule.DepositForAnotherKey,
                Rules().Refusal(_share.PublicKey, group, null, deposit with { PublicKey = _share.GroupKey!.Value })?.Rule
            );
        }
    }

    [Fact]
    public void A_whole_key_registers_itself_and_one_whose_group_is_not_known_may_register_that()
    {
        Assert.Null(Rules().Refusal(_share.PublicKey, _share.PublicKey, null, Registration(_share.PublicKey, _other)));
        Assert.Equal(
            ClusterRule.RegistrationForAnotherKey,
            Rules().Refusal(_share.PublicKey, _share.PublicKey, null, Registration(_share.GroupKey!.Value, _other))?.Rule
        );
        Assert.Null(Rules().Refusal(_share.PublicKey, null, null, Registration(_share.GroupKey!.Value, _other)));
    }

    [Fact]
    public void Without_the_document_nothing_that_needs_it_is_signed()
    {
        var signed = _lock.Validators[0].Deposits[0];
        var foreign = _membership with { ClusterHash = new Root(new byte[32]) };

        Assert.Equal(
            ClusterRule.ClusterDocumentMissing,
            Rules().Refusal(_share.PublicKey, _share.GroupKey, foreign, Registration(_share.PublicKey, _other))?.Rule
        );
        Assert.Equal(
            ClusterRule.ClusterDocumentMissing,
            Rules()
                .Refusal(
                    _share.PublicKey,
                    _share.GroupKey,
                    foreign,
                    new Deposit(signed.PublicKey, signed.WithdrawalCredentials, signed.Amount, _lock.Definition.ForkVersion)
                )
                ?.Rule
        );
        Assert.Null(Rules().Refusal(_share.PublicKey, _share.GroupKey, foreign, new RandaoReveal(new Epoch(1), _fork)));
    }

    private static RegistrationPolicy Policy(ExecutionAddress[] recipients, ulong least = 0, ulong most = ulong.MaxValue) =>
        new(recipients.ToFrozenSet(), least, most);

    private ClusterRules Rules(
        RegistrationPolicy? policy = null,
        BuilderPolicy? builders = null,
        bool oneVote = false,
        ulong maxTopUp = 0
    ) =>
        new(
            Network,
            policy ?? RegistrationPolicy.None,
            builders ?? BuilderPolicy.None,
            new PayloadVotes(oneVote),
            new ClusterLibrary(_archive),
            maxTopUp
        );

    private ProposerPreferences Preferences(ExecutionAddress recipient, ulong gasLimit = 30_000_000) =>
        new(default, new Slot(320), 7, recipient, gasLimit, _fork);

    private ClusterRule? RuleOf(SignableMessage message, RegistrationPolicy? policy = null) =>
        Rules(policy).Refusal(_share.PublicKey, _share.GroupKey, _membership, message)?.Rule;

    private static ValidatorRegistration Registration(BlsPublicKey key, ExecutionAddress recipient) =>
        new(recipient, 30_000_000, 1_700_000_000, key);

    private AggregateAndProof Aggregate(AggregationSlot selection, byte[] secret, bool electra)
    {
        var root = default(Root);
        var vote = new AttestationData(selection.Slot, 0, root, new Checkpoint(new Epoch(1), root), new Checkpoint(new Epoch(2), root));
        var aggregate = new SignedAggregate([1], vote, default, electra ? [1, 0, 0, 0, 0, 0, 0, 0] : null);
        return new AggregateAndProof(7, aggregate, Sign(secret, selection), _fork);
    }

    private SyncCommitteeContributionAndProof Contribution(byte[] secret, ulong subcommittee, ulong signed) =>
        new(
            7,
            new SyncCommitteeContribution(new Slot(320), default, subcommittee, [.. new byte[16]], default),
            Sign(secret, new SyncCommitteeSelectionProof(new Slot(320), signed, _fork)),
            _fork
        );

    private BlsSignature Sign(byte[] secret, SignableMessage message)
    {
        using var key = BlsSecretKey.FromBigEndian(_arena, secret);
        var signature = new byte[96];
        key.Sign(message.SigningRoot(Network).Bytes, signature);
        return new BlsSignature(signature);
    }

    private static byte[] GroupSecret(int validator) => Hex((string)ClusterVectors.Secrets(Cluster)["group_secrets"]![validator]!);

    private static byte[] ShareSecret() => Hex((string)ClusterVectors.Secrets(Cluster)["shares"]![0]![1]!);

    private static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace("0x", "", StringComparison.Ordinal));
}
