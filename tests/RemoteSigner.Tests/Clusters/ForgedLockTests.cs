using System.Collections.Immutable;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Spec;
using static RemoteSigner.Tests.Clusters.ClusterVectors;

namespace RemoteSigner.Tests.Clusters;

/// <summary>Locks of all twelve versions, genuine but for what each test changes.</summary>
public sealed class ForgedLockTests : IDisposable
{
    private static readonly ClusterVersion _newest = new(11);

    private readonly LockForge _forge = new();

    public static TheoryData<int> Versions => [.. ClusterVersion.All.Select(version => version.Minor)];

    public void Dispose() => _forge.Dispose();

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_lock_of_every_version_is_read_and_verifies(int minor)
    {
        var made = _forge.Make(new ClusterVersion(minor));

        var read = ClusterLock.Parse(LockJsonWriter.Write(made));

        Assert.Empty(Failures(read));
        Assert.Equal(LockJsonWriter.Write(made), LockJsonWriter.Write(read));
    }

    /// <summary>
    /// The three hashing schemes and the quirks of v1.0, v1.6 and v1.11, held fast after a comparison with files that Charon wrote.
    /// </summary>
    [Theory]
    [MemberData(nameof(Versions))]
    public void Hashes_stay_what_they_were(int minor)
    {
        var hash = _forge.Make(new ClusterVersion(minor)).LockHash.ToString();

        Assert.True(_hashes[minor] == hash, hash);
    }

    [Fact]
    public void Unsigned_definitions_of_one_person_are_borne()
    {
        var unsigned = _forge.Make(_newest, Unsigned);

        Assert.Empty(Failures(unsigned));
        Assert.IsType<CheckVerdict.NotApplicable>(VerdictOf(unsigned, ClusterCheck.CreatorSignature));
        Assert.IsType<CheckVerdict.NotApplicable>(VerdictOf(unsigned, ClusterCheck.OperatorSignatures));
    }

    [Fact]
    public void A_cluster_of_a_network_from_a_file_is_judged_by_the_chain_that_the_file_names()
    {
        var version = ForkVersion.Parse("0x10000099");
        var policy = new VerificationPolicy { Network = version };
        using var devnet = new LockForge(version, 1337);
        var signed = devnet.Make(new ClusterVersion(6));

        Assert.Empty(Failures(signed, policy with { ChainId = 1337 }));
        Assert.Equal([ClusterCheck.CreatorSignature, ClusterCheck.OperatorSignatures], Failures(signed, policy with { ChainId = 1338 }));
        Assert.Equal([ClusterCheck.CreatorSignature, ClusterCheck.OperatorSignatures], Failures(signed, policy));
        Assert.Contains(ClusterCheck.Network, Failures(signed, new VerificationPolicy()));
        Assert.Equal(
            [ClusterCheck.Network, ClusterCheck.CreatorSignature, ClusterCheck.OperatorSignatures],
            Failures(signed, new VerificationPolicy { Network = default(ForkVersion), ChainId = 1337 })
        );
        Assert.Empty(Failures(devnet.Make(new ClusterVersion(6), Unsigned), policy));
    }

    [Fact]
    public void Half_signed_definitions_are_not()
    {
        var halfSigned = _forge.Make(_newest, definition =>
            definition with
            {
                Operators = definition.Operators.SetItem(1, definition.Operators[1] with { Address = "" }),
            }
        );
        var noCreator = _forge.Make(_newest, definition => definition with { Creator = new("", []) });

        Assert.Equal([ClusterCheck.OperatorSignatures], Failures(halfSigned));
        Assert.Equal([ClusterCheck.CreatorSignature], Failures(noCreator));
    }

    [Fact]
    public void A_zero_address_is_not_an_unsigned_operator_though_it_hashes_alike()
    {
        var cluster = _forge.Make(_newest, Unsigned);
        var zero = cluster.Definition.Operators[0] with { Address = "0x0000000000000000000000000000000000000000" };

        var changed = cluster with { Definition = cluster.Definition with { Operators = cluster.Definition.Operators.SetItem(0, zero) } };

        Assert.Contains(ClusterCheck.OperatorSignatures, Failures(changed));
    }

    [Fact]
    public void A_signature_of_another_account_is_refused()
    {
        var cluster = _forge.Make(_newest);
        var foreign = LockForge.Sign(LockForge.Account(3), TypedSignature.CreatorDigest(cluster.Definition, 560048));

        var changed = Resigned(
            cluster,
            cluster.Definition with
            {
                Creator = cluster.Definition.Creator! with { ConfigSignature = foreign },
            }
        );

        Assert.Equal([ClusterCheck.CreatorSignature], Failures(changed));
    }

    [Fact]
    public void A_contract_wallets_signature_fails_unless_somebody_takes_it_upon_himself()
    {
        var cluster = _forge.Make(_newest);
        var several = cluster.Definition.Operators[2] with { ConfigSignature = [.. new byte[130]] };

        var changed = Resigned(cluster, cluster.Definition with { Operators = cluster.Definition.Operators.SetItem(2, several) });

        Assert.Equal([ClusterCheck.OperatorSignatures], Failures(changed));
        Assert.Empty(Failures(changed, new VerificationPolicy { AcceptContractSignatures = true }));
        Assert.Empty(
            Failures(ClusterLock.Parse(LockJsonWriter.Write(changed)), new VerificationPolicy { AcceptContractSignatures = true })
        );
    }

    [Fact]
    public void Accepting_contract_wallets_does_not_hide_a_wrong_signature_beside_one()
    {
        var cluster = _forge.Make(_newest);
        var operators = cluster.Definition.Operators;
        var several = operators[0] with { ConfigSignature = [.. new byte[130]] };
        var wrong = operators[1] with { ConfigSignature = operators[2].ConfigSignature };

        var changed = Resigned(cluster, cluster.Definition with { Operators = operators.SetItem(0, several).SetItem(1, wrong) });

        Assert.Equal([ClusterCheck.OperatorSignatures], Failures(changed, new VerificationPolicy { AcceptContractSignatures = true }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void A_threshold_that_is_none_is_refused(int threshold) =>
        Assert.Contains(
            ClusterCheck.Threshold,
            Failures(
                _forge.Make(_newest, definition => definition with { Threshold = threshold }),
                new VerificationPolicy { AcceptLowThreshold = true }
            )
        );

    [Fact]
    public void Half_of_the_operators_are_too_few_unless_somebody_takes_it_upon_himself()
    {
        var cluster = _forge.Make(_newest, definition => definition with { Threshold = 2 });

        Assert.Contains(ClusterCheck.Threshold, Failures(cluster));
        Assert.DoesNotContain(ClusterCheck.Threshold, Failures(cluster, new VerificationPolicy { AcceptLowThreshold = true }));
    }

    [Fact]
    public void A_lock_that_no_share_signed_is_refused_in_the_first_version_too() =>
        Assert.Equal([ClusterCheck.SignatureAggregate], Failures(_forge.Make(new ClusterVersion(1)) with { SignatureAggregate = [] }));

    [Fact]
    public void Two_operators_with_one_node_key_are_refused()
    {
        var cluster = _forge.Make(_newest, definition =>
            definition with
            {
                Operators = definition.Operators.SetItem(3, definition.Operators[3] with { Enr = definition.Operators[2].Enr }),
            }
        );

        Assert.Equal([ClusterCheck.NodeRecords, ClusterCheck.NodeSignatures], Failures(cluster));
    }

    [Fact]
    public void A_devnets_cluster_cannot_be_verified_but_fails_readably()
    {
        var cluster = _forge.Make(_newest, definition => definition with { ForkVersion = ForkVersion.Parse("0x12345678") });

        Assert.Contains(ClusterCheck.Network, Failures(cluster));
        Assert.Contains(ClusterCheck.OperatorSignatures, Failures(cluster));
    }

    /// <summary>Whoever changes a definition can compute its hashes anew, but the operators and the shares signed others.</summary>
    [Fact]
    public void Hashes_computed_anew_do_not_save_a_changed_definition()
    {
        var cluster = _forge.Make(_newest);
        var definition = LockForge.Hash(
            cluster.Definition with
            {
                ValidatorAddresses = cluster.Definition.ValidatorAddresses.SetItem(
                    0,
                    new("0x00000000000000000000000000000000000000ff", "0x00000000000000000000000000000000000000ff")
                ),
            }
        );
        var changed = cluster with { Definition = definition with { DefinitionHash = DefinitionHash.Definition(definition) } };
        changed = changed with { LockHash = LockHash.Compute(changed) };

        Assert.Equal(
            [
                ClusterCheck.CreatorSignature,
                ClusterCheck.OperatorSignatures,
                ClusterCheck.SignatureAggregate,
                ClusterCheck.NodeSignatures,
                ClusterCheck.BuilderRegistrations,
                ClusterCheck.Deposits,
            ],
            Failures(changed)
        );
    }

    [Fact]
    public void A_deposit_is_for_its_own_key_amount_and_address_and_signed_by_its_group()
    {
        var cluster = _forge.Make(_newest);
        var first = cluster.Validators[0].Deposits[0];

        Assert.All(
            new[]
            {
                first with
                {
                    PublicKey = cluster.Validators[1].GroupKey,
                },
                first with
                {
                    Amount = 2_000_000_000,
                },
                first with
                {
                    Signature = cluster.Validators[0].Deposits[1].Signature,
                },
                first with
                {
                    WithdrawalCredentials = cluster.Validators[1].Deposits[0].WithdrawalCredentials,
                },
            },
            deposit =>
                Assert.Equal(
                    [ClusterCheck.Deposits],
                    Failures(With(cluster, cluster.Validators[0] with { Deposits = cluster.Validators[0].Deposits.SetItem(0, deposit) }))
                )
        );
    }

    [Fact]
    public void All_validators_have_the_deposits_that_the_definition_asks_for_or_none_has_any()
    {
        var asked = _forge.Make(_newest);
        var usual = _forge.Make(_newest, definition => definition with { DepositAmounts = [] });
        var (first, second) = (usual.Validators[0], usual.Validators[1]);

        Assert.Equal(
            [ClusterCheck.Deposits],
            Failures(With(asked, asked.Validators[0] with { Deposits = asked.Validators[0].Deposits[..1] }))
        );
        Assert.Equal([ClusterCheck.Deposits], Failures(With(usual, first with { Deposits = [first.Deposits[0], first.Deposits[0]] })));
        Assert.Equal([ClusterCheck.Deposits], Failures(With(usual, first with { Deposits = [] })));
        Assert.Empty(Failures(_forge.Finish(usual with { Validators = [first with { Deposits = [] }, second with { Deposits = [] }] })));
    }

    [Fact]
    public void A_registration_is_for_its_own_key_and_fee_recipient_and_signed_by_its_group()
    {
        var cluster = _forge.Make(_newest);
        var registration = cluster.Validators[0].Registration!;

        Assert.All(
            new[]
            {
                registration with
                {
                    Message = registration.Message with { FeeRecipient = default },
                },
                registration with
                {
                    Message = registration.Message with { GasLimit = 1 },
                },
                registration with
                {
                    Message = registration.Message with { PublicKey = cluster.Validators[1].GroupKey },
                },
                cluster.Validators[1].Registration!,
            },
            changed =>
                Assert.Equal(
                    [ClusterCheck.BuilderRegistrations],
                    Failures(With(cluster, cluster.Validators[0] with { Registration = changed }))
                )
        );
    }

    [Fact]
    public void Infinity_and_points_off_the_subgroup_are_no_keys_and_checks_that_need_points_fail_with_them()
    {
        var outside = BlsPublicKey.Parse("0x80" + new string('0', 92) + "04");
        var infinity = BlsPublicKey.Parse("0xc0" + new string('0', 94));
        var cluster = _forge.Make(_newest);
        var validator = cluster.Validators[0];

        Assert.All(
            new[] { validator with { GroupKey = outside }, validator with { PublicShares = validator.PublicShares.SetItem(3, infinity) } },
            changed =>
                Assert.Superset(
                    new HashSet<ClusterCheck>
                    {
                        ClusterCheck.PublicKeys,
                        ClusterCheck.Interpolation,
                        ClusterCheck.Degree,
                        ClusterCheck.SignatureAggregate,
                    },
                    Failures(With(cluster, changed)).ToHashSet()
                )
        );
    }

    private static ClusterDefinition Unsigned(ClusterDefinition definition) =>
        definition with
        {
            Creator = new("", []),
            Operators = [.. definition.Operators.Select(member => member with { Address = "" })],
        };

    // A changed signature, and everything after it computed and signed anew.
    private ClusterLock Resigned(ClusterLock cluster, ClusterDefinition definition) =>
        _forge.Finish(cluster with { Definition = definition with { DefinitionHash = DefinitionHash.Definition(definition) } });

    private ClusterLock With(ClusterLock cluster, ClusterValidator first) =>
        _forge.Finish(cluster with { Validators = cluster.Validators.SetItem(0, first) });

    private static readonly ImmutableArray<string> _hashes =
    [
        "0xc60732edf92aeadddd3e569379106ed61fdd7b7812bdffa1968a30918f4d6316",
        "0xc59737d8b51f447c970dda9200007c21cfe6dcc4156d2ae1cd448f922eceef75",
        "0x334c16285690d09191bf60dc7bd9ce9bb92a2d9bff446e0b581c10fd55275a57",
        "0xe8e9cb79bc385e1d772bf2e81b652730f02d70403b6fff4a788374cb30ad6d04",
        "0x7043373dcec410051a9b1f09a696e1b12b845ae52bac4c7e6bc19672653652b7",
        "0x12a49ab83e4998b7b0261d0fe319c7231eac75ed9df1a82be712ab9c6dddccb0",
        "0x0e5404f3e55f278dcd72ae56fe8ca675316f9e212b544cf1ca7a77c29724e305",
        "0x64d06889e8ee4f963ac315da3c665f01946022b44648cf0b4b7acc460a78846f",
        "0xb5f0e3385013acd21c870fc5c4526e945518d61c5c59a21f668061c8c0c76968",
        "0x44fbee61efaba4e0494c669ce54b9109c7fc6ca33e3201cc058aedc5e8d6e7dc",
        "0x3cd299987800aa7d5c1a91ab40ec1df5cdad5fee8000497a4d9b00b50b279de9",
        "0xea73af7a0b399d48a0b7e540351180a49261376ad15803161831db08eb593a8e",
    ];
}
