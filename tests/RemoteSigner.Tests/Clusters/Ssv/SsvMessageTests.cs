using System.Security.Cryptography;
using CsCheck;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Clusters.Ssv;

/// <summary>Messages put together byte by byte as ssv-spec lays them out.</summary>
public sealed class SsvMessageTests
{
    private static readonly SsvDomain _mainnet = new(1);
    private static readonly BlsPublicKey _validator = new([.. Enumerable.Repeat((byte)7, 48)]);
    private static readonly ulong[] _operators = [12, 34, 55, 1021];
    private static readonly Root _committee = SsvMessage.CommitteeOf(_operators);
    private static readonly IReadOnlyList<OwnShare> _held = [new(_validator, 34, _committee)];
    private static readonly OperatorMessagePolicy _speech = new(new HashSet<SsvDomain> { _mainnet }, anyValidator: false);

    [Fact]
    public void A_step_of_the_consensus_about_a_validator_is_understood()
    {
        var message = SsvMessage.TryParse(SsvMessages.Consensus(SsvMessages.Identifier(_mainnet, SsvRole.Proposer, _validator)));

        Assert.Equal((_mainnet, SsvRole.Proposer, SsvMessageKind.Consensus), (message!.Domain, message.Role, message.Kind));
        Assert.Equal((_validator, null, null), (message.Validator, message.Committee, message.Signer));
    }

    [Fact]
    public void Partial_signatures_of_a_committee_are_understood()
    {
        var message = SsvMessage.TryParse(
            SsvMessages.PartialSignatures(SsvMessages.Identifier(_mainnet, _committee), signer: 34, count: 3)
        );

        Assert.Equal((SsvRole.Committee, SsvMessageKind.PartialSignatures, 34UL), (message!.Role, message.Kind, message.Signer));
        Assert.Equal((null, _committee), (message.Validator, message.Committee));
    }

    /// <summary>SHA-256 over the ids in rising order, 4 bytes each, little-endian.</summary>
    [Fact]
    public void A_committee_is_named_by_its_operators_in_any_order()
    {
        Assert.Equal(new Root(SHA256.HashData([1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 1, 0, 0])), SsvMessage.CommitteeOf([260, 3, 1, 2]));
        Assert.Equal(_committee, SsvMessage.CommitteeOf(_operators.Reverse()));
    }

    [Fact]
    public void Our_operator_speaks_about_validators_that_are_held()
    {
        Assert.Null(
            _speech.Judge(SsvMessage.TryParse(SsvMessages.Consensus(SsvMessages.Identifier(_mainnet, SsvRole.Proposer, _validator))), _held)
        );
        Assert.Null(_speech.Judge(SsvMessage.TryParse(SsvMessages.Consensus(SsvMessages.Identifier(_mainnet, _committee))), _held));
        Assert.Null(
            _speech.Judge(
                SsvMessage.TryParse(
                    SsvMessages.PartialSignatures(SsvMessages.Identifier(_mainnet, SsvRole.VoluntaryExit, _validator), 34, 1)
                ),
                _held
            )
        );
    }

    [Fact]
    public void Everything_else_has_its_reason()
    {
        var other = new BlsPublicKey([.. Enumerable.Repeat((byte)8, 48)]);
        var identifier = SsvMessages.Identifier(_mainnet, SsvRole.Proposer, _validator);

        Assert.Equal(
            "other_ssv_network",
            Reason(SsvMessages.Consensus(SsvMessages.Identifier(new SsvDomain(0x503), SsvRole.Proposer, _validator)))
        );
        Assert.Equal("unknown_validator", Reason(SsvMessages.Consensus(SsvMessages.Identifier(_mainnet, SsvRole.Proposer, other))));
        Assert.Equal(
            "unknown_validator",
            Reason(SsvMessages.Consensus(SsvMessages.Identifier(_mainnet, SsvMessage.CommitteeOf([1, 2, 3, 4]))))
        );
        Assert.Equal("other_operator", Reason(SsvMessages.PartialSignatures(identifier, 35, 1)));
        Assert.Equal("not_an_ssv_message", Reason([]));
        Assert.Equal("not_an_ssv_message", Reason(SHA256.HashData("digest"u8)));
        Assert.Equal("not_an_ssv_message", Reason(SsvMessages.Wrap(2, identifier, new byte[200])));
        Assert.Equal("not_an_ssv_message", Reason(SsvMessages.Wrap(0, identifier, new byte[200])));
        Assert.Equal("not_an_ssv_message", Reason(SsvMessages.Wrap(1, identifier, new byte[20])));
        Assert.Equal("not_an_ssv_message", Reason(SsvMessages.Consensus(SsvMessages.Identifier(_mainnet, (SsvRole)7, _validator))));

        // About one validator in the envelope, about another one inside.
        var inner = SsvMessages.Consensus(SsvMessages.Identifier(_mainnet, SsvRole.Proposer, other))[68..];
        Assert.Equal("not_an_ssv_message", Reason(SsvMessages.Wrap(0, identifier, inner)));
    }

    [Fact]
    public void A_node_that_sends_shares_without_their_validators_can_be_believed_by_a_setting()
    {
        var any = new OperatorMessagePolicy(new HashSet<SsvDomain> { _mainnet }, anyValidator: true);

        Assert.Null(
            any.Judge(SsvMessage.TryParse(SsvMessages.Consensus(SsvMessages.Identifier(_mainnet, SsvRole.Proposer, _validator))), [])
        );
        Assert.NotNull(
            any.Judge(
                SsvMessage.TryParse(SsvMessages.Consensus(SsvMessages.Identifier(new SsvDomain(2), SsvRole.Proposer, _validator))),
                []
            )
        );
        Assert.NotNull(
            _speech.Judge(
                SsvMessage.TryParse(SsvMessages.Consensus(SsvMessages.Identifier(_mainnet, SsvRole.Proposer, _validator))),
                [new OwnShare(null, 34, null)]
            )
        );
        Assert.NotNull(
            _speech.Judge(
                SsvMessage.TryParse(SsvMessages.Consensus(SsvMessages.Identifier(_mainnet, _committee))),
                [new OwnShare(null, 34, null)]
            )
        );
    }

    [Fact]
    public void Random_bytes_and_random_changes_never_throw_and_random_bytes_never_pass()
    {
        var good = SsvMessages.PartialSignatures(SsvMessages.Identifier(_mainnet, _committee), 34, 2);

        Gen.Byte.Array[0, 400].Sample(bytes => _speech.Judge(SsvMessage.TryParse(bytes), _held) is not null, iter: 2000);
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte)
            .Sample(
                (at, value) =>
                {
                    byte[] changed = [.. good];
                    changed[at] = value;
                    _ = _speech.Judge(SsvMessage.TryParse(changed), _held);
                    _ = _speech.Judge(SsvMessage.TryParse(good.AsSpan(0, at)), _held);
                },
                iter: 2000
            );
    }

    private static string Reason(byte[] bytes) => _speech.Judge(SsvMessage.TryParse(bytes), _held)!.Reason;
}
