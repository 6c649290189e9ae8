using System.Text.Json.Nodes;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Spec;
using static RemoteSigner.Tests.Clusters.Ssv.KeysharesVectors;

namespace RemoteSigner.Tests.Clusters.Ssv;

/// <summary>Against the files of the shared vectors, good and bad, and files changed in one way.</summary>
[Trait("Speed", "slow")]
public sealed class KeysharesVerifierTests
{
    [Theory]
    [InlineData(Ours, 4)]
    [InlineData("ssv-keyshares-4of3/keyshares-no0x.json", 4)]
    public void Every_check_of_a_genuine_file_passes(string name, int operators)
    {
        var file = Read(name);

        var verdicts = KeysharesVerifier.Verify(file);

        Assert.Equal(Enum.GetValues<KeysharesCheck>(), verdicts.Select(verdict => verdict.Check));
        Assert.All(verdicts, verdict => Assert.IsType<CheckVerdict.Passed>(verdict.Verdict));
        Assert.Equal((operators, 3), (file.Validators[0].Operators.Length, file.Validators[0].Threshold));
    }

    /// <summary>
    /// Both forms of ssv-keys: a list of shares, and the older single validator. They are samples of the form; their numbers are what they
    /// are.
    /// </summary>
    [Theory]
    [InlineData("multi-shares.json")]
    [InlineData("old-shares.json")]
    public void Both_forms_are_read(string name)
    {
        var validator = Assert.Single(Read($"{Samples}/{name}").Validators);

        Assert.Equal(4, validator.Operators.Length);
        Assert.True(validator.HasWholeSharesData);
    }

    [Fact]
    public void The_old_form_of_a_genuine_file_verifies_too()
    {
        var item = Node(Ours)["shares"]![0]!;

        var file = Parse(
            new JsonObject
            {
                ["version"] = "v1.1.0",
                ["data"] = item["data"]!.DeepClone(),
                ["payload"] = item["payload"]!.DeepClone(),
            }
        );

        Assert.Empty(Failures(file));
    }

    [Theory]
    [InlineData("multi-shares-invalid-struct.json", ClusterFileFault.Malformed, "data is missing")]
    [InlineData("item-empty.json", ClusterFileFault.Malformed, "version is missing")]
    [InlineData("item-with-operators.json", ClusterFileFault.Malformed, "version is missing")]
    public void A_file_of_another_structure_is_not_read(string name, ClusterFileFault fault, string message)
    {
        var refused = Assert.Throws<ClusterFileException>(() => Read($"{Samples}/{name}"));

        Assert.Equal((fault, message), (refused.Fault, refused.Message));
        Assert.NotEmpty(refused.Hint);
    }

    [Fact]
    public void An_operator_id_that_is_no_number_is_not_read() =>
        Assert.Contains(
            "operators[0].id",
            Assert.Throws<ClusterFileException>(() => AsFile(Node($"{Samples}/item-with-wrong-operator-id.json"))).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("item-with-duplicated-operator-key.json")]
    [InlineData("item-with-missed-operator-key.json")]
    public void An_operator_key_that_stands_twice_or_is_missing_is_refused(string name) =>
        Assert.Contains(KeysharesCheck.OperatorKeys, Failures(AsFile(Node($"{Samples}/{name}"))));

    [Fact]
    public void A_share_that_is_not_on_the_polynomial_is_refused() =>
        Assert.Equal([KeysharesCheck.Interpolation], Failures(Read("ssv-keyshares-4of3/neg-share-pubkey-mismatch.json")));

    [Fact]
    public void Shares_in_another_order_than_their_operators_are_refused() =>
        Assert.Equal(
            [KeysharesCheck.Interpolation],
            Failures(Changed(validator => validator with { SharesData = Swap(validator.SharesData.AsSpan(), 96, 144, 48) }))
        );

    [Fact]
    public void Signing_for_another_nonce_or_owner_is_refused()
    {
        Assert.Equal([KeysharesCheck.OwnerSignature], Failures(Changed(validator => validator with { OwnerNonce = 8 })));
        Assert.Equal([KeysharesCheck.OwnerSignature], Failures(Changed(validator => validator with { OwnerAddress = default })));
    }

    [Fact]
    public void Ids_that_do_not_rise_or_differ_from_the_payloads_are_refused()
    {
        Assert.Contains(KeysharesCheck.OperatorIds, Failures(Changed(validator => validator with { OperatorIds = [12, 34, 55, 1022] })));
        foreach (var ids in new ulong[][] { [0, 34, 55, 1021], [34, 12, 55, 1021], [12, 12, 55, 1021] })
        {
            Assert.Contains(
                KeysharesCheck.OperatorIds,
                Failures(
                    Changed(validator =>
                        validator with
                        {
                            OperatorIds = [.. ids],
                            Operators = [.. validator.Operators.Zip(ids, (member, id) => member with { Id = id })],
                        }
                    )
                )
            );
        }
    }

    /// <summary>At another id the same share is another point of the polynomial.</summary>
    [Fact]
    public void The_id_of_the_operator_is_where_its_share_lies() =>
        Assert.Equal(
            [KeysharesCheck.Interpolation],
            Failures(
                Changed(validator =>
                    validator with
                    {
                        OperatorIds = [12, 34, 55, 1022],
                        Operators = [.. validator.Operators[..3], validator.Operators[3] with { Id = 1022 }],
                    }
                )
            )
        );

    [Fact]
    public void Three_operators_are_no_cluster_of_SSV() =>
        Assert.Contains(
            KeysharesCheck.ClusterSize,
            Failures(Changed(validator => validator with { OperatorIds = [12, 34, 55], Operators = validator.Operators[..3] }))
        );

    [Fact]
    public void The_payload_is_for_the_same_validator() =>
        Assert.Equal(
            [KeysharesCheck.ValidatorKey],
            Failures(Changed(validator => validator with { PayloadGroupKey = validator.PublicShares[0] }))
        );

    [Fact]
    public void Infinity_is_no_share()
    {
        byte[] infinity = [0xc0, .. new byte[BlsPublicKey.Length - 1]];

        Assert.Contains(
            KeysharesCheck.PublicKeys,
            Failures(
                Changed(validator =>
                    validator with
                    {
                        SharesData = [.. validator.SharesData[..96], .. infinity, .. validator.SharesData[144..]],
                    }
                )
            )
        );
    }

    [Fact]
    public void One_validator_twice_in_a_file_is_refused_at_both_places()
    {
        var file = Read(Ours);

        var verdicts = KeysharesVerifier.Verify(file with { Validators = [file.Validators[0], file.Validators[0]] });

        Assert.Equal([0, 1], verdicts.Where(verdict => verdict.Verdict is CheckVerdict.Failed).Select(verdict => verdict.Position));
        Assert.All(verdicts.Where(verdict => verdict.Verdict is CheckVerdict.Failed), verdict =>
            Assert.Equal(KeysharesCheck.DistinctKeys, verdict.Check)
        );
    }

    /// <summary>All shares of "3 of 4" on a line: every pair has the whole key, and nothing but the degree tells.</summary>
    [Fact]
    public void A_polynomial_of_too_low_degree_is_refused()
    {
        using var dealer = new KeysharesDealer();

        Assert.Empty(Failures(dealer.Deal(operators: 4, coefficients: 3)));
        Assert.Equal([KeysharesCheck.Degree], Failures(dealer.Deal(operators: 4, coefficients: 2)));
    }

    [Theory]
    [InlineData(7, 5)]
    [InlineData(10, 7)]
    [InlineData(13, 9)]
    public void Larger_clusters_verify_as_well(int operators, int threshold)
    {
        using var dealer = new KeysharesDealer();

        var file = dealer.Deal(operators, threshold);

        Assert.Empty(Failures(file));
        Assert.Equal(threshold, file.Validators[0].Threshold);
    }

    /// <summary>The examples of EIP-55.</summary>
    [Theory]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")]
    [InlineData("0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb")]
    public void Addresses_have_their_checksum(string address) =>
        Assert.Equal(address, OwnerAccount.Checksummed(ExecutionAddress.Parse(address)));

    [Fact]
    public void Every_check_has_an_error_code_of_its_own()
    {
        var codes = Enum.GetValues<KeysharesCheck>().Select(KeysharesCheckCodes.Code).ToList();

        Assert.Equal(codes.Count, codes.Distinct().Count());
        Assert.Contains("owner_signature", codes);
    }

    private static KeysharesFile Changed(Func<ValidatorShares, ValidatorShares> change) =>
        Read(Ours) is var file ? file with { Validators = [change(file.Validators[0])] } : file;

    private static System.Collections.Immutable.ImmutableArray<byte> Swap(ReadOnlySpan<byte> bytes, int first, int second, int length) =>
        [.. bytes[..first], .. bytes.Slice(second, length), .. bytes.Slice(first, length), .. bytes[(second + length)..]];
}
