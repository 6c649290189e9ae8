using System.Collections.Immutable;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Spec;

public sealed class SignableMessageTests
{
    private static readonly Root _genesis = Root.Parse("0x" + new string('7', 64));
    private static readonly ForkInfo _forkInfo = new(Version("0x01000000"), Version("0x02000000"), new Epoch(10), _genesis);
    private static readonly Network _mainnet = Network.Find("mainnet")!;
    private static readonly Network _minimal = Network.Find("minimal")!;

    [Theory]
    [InlineData(9, "0x01000000")]
    [InlineData(10, "0x02000000")]
    [InlineData(11, "0x02000000")]
    public void The_fork_of_the_request_decides_the_version_by_its_epoch(ulong epoch, string version) =>
        Assert.Equal(
            Domain.Compute(DomainType.Randao, Version(version), _genesis),
            new RandaoReveal(new Epoch(epoch), _forkInfo).GetDomain(_mainnet)
        );

    [Fact]
    public void An_attestation_has_the_fork_of_its_target_not_of_its_slot()
    {
        var vote = Vote(new Slot(10 * _mainnet.SlotsPerEpoch), target: 9);

        Assert.Equal(
            Domain.Compute(DomainType.BeaconAttester, Version("0x01000000"), _genesis),
            new Attestation(vote, _forkInfo).GetDomain(_mainnet)
        );
    }

    [Fact]
    public void The_epoch_of_a_slot_depends_on_the_network()
    {
        var duty = new AggregationSlot(new Slot(80), _forkInfo);

        Assert.Equal(Domain.Compute(DomainType.SelectionProof, Version("0x01000000"), _genesis), duty.GetDomain(_mainnet));
        Assert.Equal(Domain.Compute(DomainType.SelectionProof, Version("0x02000000"), _genesis), duty.GetDomain(_minimal));
    }

    [Fact]
    public void An_exit_from_Deneb_on_has_the_networks_Capella_version_whatever_the_request_says()
    {
        var deneb = _mainnet.Forks.EpochOf(Fork.Deneb);

        Assert.Equal(Domain.Compute(DomainType.VoluntaryExit, Version("0x03000000"), _genesis), Exit(deneb.Value).GetDomain(_mainnet));
        Assert.Equal(Domain.Compute(DomainType.VoluntaryExit, Version("0x02000000"), _genesis), Exit(deneb.Value - 1).GetDomain(_mainnet));
        Assert.Equal(Domain.Compute(DomainType.VoluntaryExit, Version("0x02000000"), _genesis), Exit(deneb.Value).GetDomain(_minimal));

        // The chain's epoch decides, where it is known: a validator may leave with an epoch that is long gone.
        Assert.Equal(Domain.Compute(DomainType.VoluntaryExit, Version("0x03000000"), _genesis), Exit(5).GetDomain(_mainnet, deneb));
        Assert.Equal(
            Domain.Compute(DomainType.VoluntaryExit, Version("0x01000000"), _genesis),
            Exit(5).GetDomain(_mainnet, new Epoch(deneb.Value - 1))
        );
        Assert.Equal(Exit(5).SigningRoot(_mainnet, deneb), Exit(5).WithRoot(_mainnet, deneb).SigningRoot);
        Assert.NotEqual(Exit(5).SigningRoot(_mainnet), Exit(5).SigningRoot(_mainnet, deneb));
    }

    [Fact]
    public void A_registration_knows_the_network_but_no_chain()
    {
        var registration = new ValidatorRegistration(default, 30_000_000, 1, default);

        Assert.Null(registration.GenesisValidatorsRoot);
        Assert.Equal(Domain.Compute(DomainType.ApplicationBuilder, Version("0x00000001"), default), registration.GetDomain(_minimal));
    }

    [Fact]
    public void An_aggregate_with_the_other_schema_of_its_slot_has_no_root()
    {
        var deneb = Slot(Fork.Deneb);
        var electra = Slot(Fork.Electra);
        ImmutableArray<byte> committees = [1, 0, 0, 0, 0, 0, 0, 0];

        Assert.NotEqual(default, Aggregate(deneb, null).SigningRoot(_mainnet));
        Assert.NotEqual(default, Aggregate(electra, committees).SigningRoot(_mainnet));
        Assert.Contains(
            "schedule",
            Assert.Throws<SpecException>(() => Aggregate(deneb, committees).SigningRoot(_mainnet)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "committee_bits",
            Assert.Throws<SpecException>(() => Aggregate(electra, null).SigningRoot(_mainnet)).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<SpecException>(() => Aggregate(electra, [1]).SigningRoot(_mainnet));
    }

    [Fact]
    public void The_slot_chooses_the_form_of_an_aggregate_and_a_named_fork_of_the_other_form_is_none_of_this_network()
    {
        var network = _mainnet with
        {
            Forks = new ForkSchedule([.. Enum.GetValues<Fork>().Select(each => new ScheduledFork(each, default, new Epoch((ulong)each)))]),
        };
        AggregateAndProof Of(Fork fork) => Aggregate(new Slot((ulong)fork * network.SlotsPerEpoch), [1, 0, 0, 0, 0, 0, 0, 0]);
        var (fulu, gloas) = (Of(Fork.Fulu), Of(Fork.Gloas));
        Root InForm(AggregateAndProof proof, Fork fork) => proof.Aggregate.HashTreeRoot(fork, network.Preset);

        Assert.Equal(InForm(fulu, Fork.Electra), InForm(fulu, Fork.Fulu));
        Assert.NotEqual(InForm(gloas, Fork.Fulu), InForm(gloas, Fork.Gloas));
        Assert.Equal(gloas.SigningRoot(network), (gloas with { NamedFork = Fork.Heze }).SigningRoot(network));
        Assert.Contains(
            "schedule",
            Assert.Throws<SpecException>(() => (gloas with { NamedFork = Fork.Fulu }).SigningRoot(network)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "schedule",
            Assert.Throws<SpecException>(() => (fulu with { NamedFork = Fork.Gloas }).SigningRoot(network)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_contribution_of_another_preset_has_no_root()
    {
        var contribution = new SyncCommitteeContributionAndProof(
            1,
            new SyncCommitteeContribution(new Slot(1), default, 0, [0xff], default),
            default,
            _forkInfo
        );

        Assert.NotEqual(default, contribution.SigningRoot(_minimal));
        Assert.Throws<SpecException>(() => contribution.SigningRoot(_mainnet));
    }

    [Fact]
    public void A_header_and_its_body_have_the_root_of_the_block()
    {
        var body = new BlockBody.Full(default, new Eth1Vote(default, 0, default), default, [], [], [], [], [], null);
        var block = new Block(new Slot(3), 4, default, default, body, _forkInfo);
        var header = block with { Body = new BlockBody.RootOnly(body.HashTreeRoot(_mainnet.Preset)) };

        Assert.Equal(block.SigningRoot(_mainnet), header.SigningRoot(_mainnet));
        Assert.Equal(new SlashableContent.Block(new Slot(3)), block.Slashable);
    }

    [Fact]
    public void Only_blocks_and_attestations_are_remembered()
    {
        SignableMessage[] harmless =
        [
            Exit(1),
            Aggregate(new Slot(1), null),
            new AggregationSlot(new Slot(1), _forkInfo),
            new RandaoReveal(new Epoch(1), _forkInfo),
            new SyncCommitteeMessage(new Slot(1), default, _forkInfo),
            new SyncCommitteeSelectionProof(new Slot(1), 0, _forkInfo),
            new Deposit(default, default, 1, default),
            new ValidatorRegistration(default, 1, 1, default),
        ];

        Assert.All(harmless, message => Assert.IsType<SlashableContent.None>(message.Slashable));
    }

    private static Slot Slot(Fork fork) => new(_mainnet.Forks.EpochOf(fork).Value * _mainnet.SlotsPerEpoch);

    [Theory]
    [InlineData(0UL, false, true)]
    [InlineData(74240UL * 32, false, false)]
    [InlineData(74240UL * 32, true, true)]
    [InlineData(0UL, true, false)]
    [InlineData(144896UL * 32, true, false)]
    public void A_whole_block_is_of_the_fork_of_its_slot(ulong slot, bool isAltair, bool isOne)
    {
        var body = new BlockBody.Full(
            default,
            new Eth1Vote(default, 0, default),
            default,
            [],
            [],
            [],
            [],
            [],
            isAltair ? new SyncAggregate([.. new byte[64]], default) : null
        );
        var block = new Block(new Slot(slot), 1, default, default, body, _forkInfo);

        var fault = Record.Exception(() => block.WithRoot(_mainnet));

        Assert.Equal(isOne, fault is null);
        Assert.True(isOne || fault is SpecException);
    }

    private static VoluntaryExit Exit(ulong epoch) => new(new Epoch(epoch), 1, _forkInfo);

    private static AggregateAndProof Aggregate(Slot slot, ImmutableArray<byte>? committeeBits) =>
        new(1, new SignedAggregate([3], Vote(slot, target: 1), default, committeeBits), default, _forkInfo);

    private static AttestationData Vote(Slot slot, ulong target) =>
        new(slot, 0, default, default, new Checkpoint(new Epoch(target), default));

    private static ForkVersion Version(string hex) => ForkVersion.Parse(hex);
}
