using System.Collections.Frozen;
using Prometheus;
using RemoteSigner.Access;
using RemoteSigner.Clusters;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Http;
using RemoteSigner.Host.Running;
using RemoteSigner.Signing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Slashing;

namespace RemoteSigner.Tests.House;

/// <summary>
/// What is decided for each duty: who may have it, what a cluster holds against it, what it is called. A new duty fails every line here
/// until somebody has decided.
/// </summary>
public sealed class DutyDecisionTests
{
    private static readonly ForkInfo _fork = new(default, default, default, Duties.Root(7));
    private static readonly AttestationData _vote = new(
        new Slot(8),
        0,
        default,
        new Checkpoint(new Epoch(0), default),
        new Checkpoint(new Epoch(1), default)
    );

    // Whether it is an everyday duty and one of "all"; its name in signer.json; its names on the wire; a message of it.
    private static readonly FrozenDictionary<DutyType, Decision> _decided = new Dictionary<DutyType, Decision>
    {
        [DutyType.AggregationSlot] = new(true, true, "AGGREGATION_SLOT", ["AGGREGATION_SLOT"], new AggregationSlot(new Slot(8), _fork)),
        [DutyType.AggregateAndProof] = new(
            true,
            true,
            "AGGREGATE_AND_PROOF",
            ["AGGREGATE_AND_PROOF", "AGGREGATE_AND_PROOF_V2"],
            new AggregateAndProof(7, new SignedAggregate([1], _vote, default, null), default, _fork)
        ),
        [DutyType.Attestation] = new(true, true, "ATTESTATION", ["ATTESTATION"], new Attestation(_vote, _fork)),
        [DutyType.Block] = new(
            true,
            true,
            "BLOCK",
            ["BLOCK", "BLOCK_V2"],
            new Block(new Slot(8), 0, default, default, new BlockBody.RootOnly(default), _fork)
        ),
        [DutyType.Deposit] = new(false, true, "DEPOSIT", ["DEPOSIT"], new Deposit(Duties.PublicKey(1), default, 32, default)),
        [DutyType.RandaoReveal] = new(true, true, "RANDAO_REVEAL", ["RANDAO_REVEAL"], new RandaoReveal(new Epoch(1), _fork)),
        [DutyType.VoluntaryExit] = new(false, true, "VOLUNTARY_EXIT", ["VOLUNTARY_EXIT"], new VoluntaryExit(new Epoch(1), 7, _fork)),
        [DutyType.SyncCommitteeMessage] = new(
            true,
            true,
            "SYNC_COMMITTEE_MESSAGE",
            ["SYNC_COMMITTEE_MESSAGE"],
            new SyncCommitteeMessage(new Slot(8), default, _fork)
        ),
        [DutyType.SyncCommitteeSelectionProof] = new(
            true,
            true,
            "SYNC_COMMITTEE_SELECTION_PROOF",
            ["SYNC_COMMITTEE_SELECTION_PROOF"],
            new SyncCommitteeSelectionProof(new Slot(8), 1, _fork)
        ),
        [DutyType.SyncCommitteeContributionAndProof] = new(
            true,
            true,
            "SYNC_COMMITTEE_CONTRIBUTION_AND_PROOF",
            ["SYNC_COMMITTEE_CONTRIBUTION_AND_PROOF"],
            new SyncCommitteeContributionAndProof(
                7,
                new SyncCommitteeContribution(new Slot(8), default, 1, [.. new byte[16]], default),
                default,
                _fork
            )
        ),
        [DutyType.ValidatorRegistration] = new(
            true,
            true,
            "VALIDATOR_REGISTRATION",
            ["VALIDATOR_REGISTRATION"],
            new ValidatorRegistration(default, 30_000_000, 1_700_000_000, Duties.PublicKey(1))
        ),
        [DutyType.PayloadAttestation] = new(
            true,
            true,
            "PAYLOAD_ATTESTATION_MESSAGE",
            ["PAYLOAD_ATTESTATION", "PAYLOAD_ATTESTATION_MESSAGE"],
            new PayloadAttestation(default, new Slot(8), PayloadPresent: true, BlobDataAvailable: true, _fork)
        ),
        [DutyType.ProposerPreferences] = new(
            true,
            true,
            "PROPOSER_PREFERENCES",
            ["PROPOSER_PREFERENCES"],
            new ProposerPreferences(default, new Slot(8), 7, default, 30_000_000, _fork)
        ),
        [DutyType.BuilderRequestAuth] = new(
            true,
            true,
            "BUILDER_REQUEST_AUTH",
            ["BUILDER_REQUEST_AUTH"],
            new BuilderRequestAuth([1], new Slot(8))
        ),
        [DutyType.ExecutionPayloadEnvelope] = new(
            true,
            true,
            "EXECUTION_PAYLOAD_ENVELOPE",
            ["EXECUTION_PAYLOAD_ENVELOPE"],
            Gloas.Envelope(new Slot(8), _fork)
        ),
        [DutyType.ExecutionPayloadBid] = new(
            false,
            false,
            "EXECUTION_PAYLOAD_BID",
            ["EXECUTION_PAYLOAD_BID"],
            Gloas.Bid(new Slot(8), _fork)
        ),
        [DutyType.ClusterLock] = new(false, false, "CLUSTER_LOCK", [], new ClusterLockMessage(Duties.Root(1), [Duties.Root(2)])),
    }.ToFrozenDictionary();

    public static TheoryData<DutyType> All => [.. Enum.GetValues<DutyType>()];

    [Theory]
    [MemberData(nameof(All))]
    public void Who_may_have_it_is_decided(DutyType duty)
    {
        Assert.Equal(_decided[duty].IsEveryday, ClientPermissions.EverydayDuties.Contains(duty));
        Assert.Equal(_decided[duty].IsOneOfAll, ClientPermissions.AllDuties.Contains(duty));
        Assert.Equal([duty], DutyNames.Find(_decided[duty].Name)!);
    }

    [Fact]
    public void Its_names_on_the_wire_are_decided()
    {
        Assert.Equal(Enum.GetValues<DutyType>(), _decided.Keys.Order());
        Assert.Equal(
            _decided.Values.SelectMany(decision => decision.OnWire).Order(StringComparer.Ordinal),
            WireFormat.Types.Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [MemberData(nameof(All))]
    public void What_a_cluster_holds_against_it_is_decided(DutyType duty)
    {
        var rules = new ClusterRules(
            TemporarySigner.Minimal,
            RegistrationPolicy.None,
            BuilderPolicy.None,
            new PayloadVotes(refusesOthers: false),
            new ClusterLibrary(new ClusterArchive("none"))
        );

        Assert.Equal(duty, _decided[duty].Message.Type);
        Assert.Equal(
            duty is DutyType.ExecutionPayloadBid ? ClusterRule.NotABuilder : null,
            rules.Refusal(Duties.PublicKey(1), null, null, _decided[duty].Message)?.Rule
        );
    }

    [Fact]
    public void Every_kind_of_message_is_a_duty() =>
        Assert.Equal(
            typeof(SignableMessage)
                .Assembly.GetTypes()
                .Where(type => type.IsSubclassOf(typeof(SignableMessage)))
                .Select(type => type.Name)
                .Order(),
            _decided.Values.Select(decision => decision.Message.GetType().Name).Order()
        );

    [Theory]
    [MemberData(nameof(All))]
    public async Task It_is_counted_under_its_name(DutyType duty)
    {
        var registry = Metrics.NewCustomRegistry();
        var metrics = new SignerMetrics(registry);
        using var text = new MemoryStream();

        metrics.Ended(duty, new SignOutcome.UnknownKey());
        await registry.CollectAndExportAsTextAsync(text, TestContext.Current.CancellationToken);

        Assert.Contains(
            $"remote_signer_sign_outcomes_total{{duty=\"{duty.Name()}\",outcome=\"UnknownKey\"}} 1",
            System.Text.Encoding.UTF8.GetString(text.ToArray()),
            StringComparison.Ordinal
        );
    }

    private sealed record Decision(bool IsEveryday, bool IsOneOfAll, string Name, IReadOnlyList<string> OnWire, SignableMessage Message);
}
