using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using RemoteSigner.Clusters;
using RemoteSigner.Spec;

namespace RemoteSigner.AcceptanceTests.Dv;

/// <summary>
/// <c>cluster exit</c>, <c>register</c> and <c>deposit</c>: what they write is what the group's own secret, which nobody here has, would
/// have signed.
/// </summary>
public sealed class GroupDocumentTests(OperatorsScene scene) : IClassFixture<OperatorsScene>
{
    private const ulong Ether = 1_000_000_000;

    [Fact]
    public async Task An_exit_is_the_groups_and_as_charon_reads_it()
    {
        var folder = scene.New("exits");
        (
            await scene.RunAsync(
                [0, 2, 3],
                "exit",
                $"{scene.Group(0)}=7",
                $"{scene.Group(1)}=8",
                "--lock",
                OperatorsScene.OwnLock,
                "--epoch",
                $"{Chain.Epoch}",
                "--out",
                folder
            )
        ).Succeeded();

        foreach (var validator in (int[])[0, 1])
        {
            var exit = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, $"exit-{scene.Group(validator)}.json")))!;
            Assert.Equal(["message", "signature"], exit.AsObject().Select(member => member.Key));
            Assert.Equal($$"""{"epoch":"{{Chain.Epoch}}","validator_index":"{{7 + validator}}"}""", exit["message"]!.ToJsonString());
            Assert.Equal(scene.Sign(validator, Exit((ulong)(7 + validator))).ToString(), (string)exit["signature"]!);
        }
    }

    /// <summary>One operator's signer and the files of two others, who signed by other means.</summary>
    [Fact]
    public async Task One_signers_part_combines_with_the_files_of_two_others()
    {
        var (ours, folder) = (scene.New("ours.json"), scene.New("exits"));
        string[] what = ["exit", $"{scene.Group(1)}=9", "--lock", OperatorsScene.OwnLock, "--epoch", $"{Chain.Epoch}"];
        (await scene.RunAsync([1], [.. what, "--write-partials", ours])).Succeeded();
        var theirs = JsonNode.Parse(await File.ReadAllTextAsync(ours))!;
        Assert.Equal($"{scene.Sign(1, Exit(9), share: 2)}", (string)theirs["validators"]![0]!["partials"]![0]!["signature"]!);
        theirs["validators"]![0]!["partials"] = new JsonArray([
            .. new[] { 1, 4 }.Select(share => new JsonObject
            {
                ["share_index"] = share,
                ["signature"] = $"{scene.Sign(1, Exit(9), share)}",
            }),
        ]);
        var file = scene.New("theirs.json");
        await File.WriteAllTextAsync(file, theirs.ToJsonString());

        Refusal.IsTold(await scene.RunAsync([], [.. what, "--partials", file, "--out", folder]), "2 of 3 partials", "kept in");
        (await scene.RunAsync([], [.. what, "--partials", ours, "--partials", file, "--out", folder])).Succeeded();
        Assert.Equal(
            $"{scene.Sign(1, Exit(9))}",
            (string)JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, $"exit-{scene.Group(1)}.json")))!["signature"]!
        );

        // Another epoch is another message: the file says what it is of.
        Refusal.IsTold(
            await scene.RunAsync([], [.. what[..^1], "5", "--partials", ours, "--out", scene.New("other")]),
            $"exit from epoch {Chain.Epoch}, validator index 9",
            "must give the same"
        );
    }

    /// <summary>
    /// What one signer signs with its share, and two others by other means with theirs, is the validator's own signature, whatever the
    /// duty.
    /// </summary>
    [Fact]
    public async Task Every_duty_of_a_share_combines_with_the_parts_of_two_others()
    {
        var recipient = (string)scene.Lock["cluster_definition"]!["validators"]![1]!["fee_recipient_address"]!;
        var signed = scene.Lock["distributed_validators"]![1]!["partial_deposit_data"]![0]!;
        var deposit = new Deposit(
            scene.Group(1),
            Root.Parse((string)signed["withdrawal_credentials"]!),
            ulong.Parse((string)signed["amount"]!, CultureInfo.InvariantCulture),
            ForkVersion.Parse("0x10000910")
        );

        foreach (var (json, message) in EveryDuty.Of(scene.Group(1), recipient, message => scene.Sign(1, message), deposit))
        {
            var ours = await DvScene.PostAsync(scene.Admin, $"/{scene.Group(1)}", json, DvScene.Distributed);
            Assert.True(ours.Status == System.Net.HttpStatusCode.OK, $"{message.Type}: {ours.Text}");
            var partials = new Dictionary<ulong, BlsSignature>
            {
                [1] = BlsSignature.Parse(ours.Signature),
                [2] = scene.Sign(1, message, 2),
                [4] = scene.Sign(1, message, 4),
            };
            Assert.Equal((message.Type, scene.Sign(1, message)), (message.Type, ThresholdSignature.Combine(partials)));
        }
    }

    [Fact]
    public async Task A_partials_file_gathers_what_comes_one_after_the_other()
    {
        var file = scene.New("gathered.json");
        string[] Exit(int validator) =>
            ["exit", $"{scene.Group(validator)}=3", "--lock", OperatorsScene.OwnLock, "--epoch", "7", "--write-partials", file];

        (await scene.RunAsync([0], Exit(0))).Succeeded();
        (await scene.RunAsync([1], Exit(1))).Succeeded();
        (await scene.RunAsync([2], Exit(0))).Succeeded();

        var validators = JsonNode.Parse(await File.ReadAllTextAsync(file))!["validators"]!
            .AsArray()
            .ToDictionary(
                one => (string)one!["pubkey"]!,
                one => string.Join(',', one!["partials"]!.AsArray().Select(partial => partial!["share_index"]))
            );
        Assert.Equal(("1,3", "2"), (validators[$"{scene.Group(0)}"], validators[$"{scene.Group(1)}"]));
    }

    [Fact]
    public async Task Registrations_are_the_groups_as_builders_and_charon_take_them()
    {
        var (list, overrides) = (scene.New("registrations.json"), scene.New("builder_registrations_overrides.json"));
        var recipients = scene.Lock["cluster_definition"]!["validators"]!
            .AsArray()
            .Select(one => (string)one!["fee_recipient_address"]!)
            .ToList();
        (
            await scene.RunAsync(
                [0, 1, 2],
                "register",
                "all",
                "--lock",
                OperatorsScene.OwnLock,
                "--gas-limit",
                "36000000",
                "--timestamp",
                "1770000000",
                "--out",
                list,
                "--charon-overrides",
                overrides
            )
        ).Succeeded();

        var signed = JsonNode.Parse(await File.ReadAllTextAsync(list))!.AsArray();
        Assert.Equal(2, signed.Count);
        foreach (var (validator, one) in signed.Index())
        {
            var message = new ValidatorRegistration(
                ExecutionAddress.Parse(recipients[validator]),
                36_000_000,
                1_770_000_000,
                scene.Group(validator)
            );
            Assert.Equal(
                $$"""{"message":{"fee_recipient":"{{message.FeeRecipient}}","gas_limit":"36000000","timestamp":"1770000000","pubkey":"{{message.PublicKey}}"},"signature":"{{scene.Sign(validator, message)}}"}""",
                one!.ToJsonString()
            );
            Assert.Equal(
                $$"""{"version":"V1","v1":{{one.ToJsonString()}}}""",
                JsonNode.Parse(await File.ReadAllTextAsync(overrides))![validator]!.ToJsonString()
            );
        }

        var elsewhere = await scene.RunAsync(
            [0, 1, 2],
            "register",
            "all",
            "--lock",
            OperatorsScene.OwnLock,
            "--fee-recipient",
            "0x" + new string('9', 40),
            "--gas-limit",
            "36000000",
            "--timestamp",
            "1",
            "--out",
            scene.New("other.json"),
            "--json"
        );
        Refusal.IsTold(elsewhere, "0 of 3 partials");
        Assert.Equal("fee_recipient_not_allowed", (string)JsonNode.Parse(elsewhere.Output)!["problems"]![0]!["reason"]!);
    }

    /// <summary>Charon's own deposits of this cluster are in its lock, and a BLS signature is the only one of its message.</summary>
    [Fact]
    public async Task Deposits_of_the_locks_amounts_are_those_in_charons_lock()
    {
        var cluster = JsonNode.Parse(await File.ReadAllTextAsync(OperatorsScene.CharonLock))!;
        var file = scene.New("deposit-data.json");
        (
            await scene.RunAsync([1, 2, 3], "deposit", "all", "--lock", OperatorsScene.CharonLock, "--amount", "32", "--out", file)
        ).Succeeded();

        var deposits = JsonNode.Parse(await File.ReadAllTextAsync(file))!.AsArray();
        Assert.Equal(
            deposits.Select(one => (string)one!["pubkey"]!).Order(StringComparer.Ordinal),
            deposits.Select(one => (string)one!["pubkey"]!)
        );
        foreach (var validator in cluster["distributed_validators"]!.AsArray())
        {
            var locked = validator!["partial_deposit_data"]!.AsArray().Single(one => (string)one!["amount"]! == "32000000000")!;
            var written = Assert.Single(deposits, one => "0x" + (string)one!["pubkey"]! == (string)locked["pubkey"]!)!;
            Assert.Equal((string)locked["signature"]!, "0x" + (string)written["signature"]!);
            Assert.Equal((string)locked["withdrawal_credentials"]!, "0x" + (string)written["withdrawal_credentials"]!);
            AssertForm(written, 32 * Ether);
        }
    }

    [Fact]
    public async Task A_top_up_takes_the_signers_setting_and_no_more_than_it_allows()
    {
        string[] Deposit(string amount, string file) =>
            ["deposit", $"{scene.Group(0)}", "--lock", OperatorsScene.OwnLock, "--amount", amount, "--out", file, "--json"];
        var file = scene.New("top-up.json");

        var signed = (await scene.RunAsync([0, 1, 2, 3], Deposit("7.5", file))).Succeeded();
        var written = Assert.Single(JsonNode.Parse(await File.ReadAllTextAsync(file))!.AsArray())!;
        AssertForm(written, 7_500_000_000);
        var message = new Deposit(
            scene.Group(0),
            Root.Parse("0x" + (string)written["withdrawal_credentials"]!),
            7_500_000_000,
            ForkVersion.Parse("0x10000910")
        );
        Assert.Equal($"{scene.Sign(0, message)}", "0x" + (string)written["signature"]!);
        var problem = Assert.Single(JsonNode.Parse(signed.Output)!["problems"]!.AsArray())!;
        Assert.Equal(
            (scene.Apis[3].GetLeftPart(UriPartial.Authority), "deposit_not_of_cluster"),
            ((string)problem["source"]!, (string)problem["reason"]!)
        );
        Assert.Contains("deposits.maxTopUpGwei", (string)problem["detail"]!, StringComparison.Ordinal);

        Refusal.IsTold(await scene.RunAsync([0, 1, 2, 3], Deposit("8.000000001", scene.New("more.json"))), "0 of 3 partials");
        foreach (var amount in (string[])["0.5", "2049", "1.0000000001", "x", "-1"])
        {
            Refusal.IsWrongUsage(await scene.RunAsync([0], Deposit(amount, scene.New("none.json"))));
        }
    }

    [Fact]
    public async Task What_is_named_wrongly_is_told_before_a_signer_is_asked()
    {
        string[] rest = ["--lock", OperatorsScene.OwnLock, "--epoch", "1", "--out", scene.New("exits")];

        Refusal.IsWrongUsage(await scene.RunAsync([0], ["exit", $"{scene.Group(0)}", .. rest]));
        Refusal.IsWrongUsage(await scene.RunAsync([0], ["exit", $"{scene.Group(0)}=1", $"{scene.Group(0)}=2", .. rest]));
        Refusal.IsTold(
            await scene.RunAsync([0], ["exit", $"{scene.Share(0, 0)}=1", .. rest]),
            "no validator of the lock",
            "not that of a share"
        );
        Refusal.IsTold(
            await scene.RunAsync([0], ["exit", $"{scene.Group(0)}=1", .. rest, "--network", "mainnet"]),
            "the cluster is of hoodi"
        );
        Refusal.IsWrongUsage(
            await scene.RunAsync([0], ["exit", $"{scene.Group(0)}=1", .. rest, "--genesis-validators-root", $"0x{new string('1', 64)}"])
        );
        Refusal.IsWrongUsage(
            await scene.RunAsync(
                [0],
                "register",
                "all",
                "--lock",
                OperatorsScene.OwnLock,
                "--timestamp",
                "1",
                "--fee-recipient",
                "0x12",
                "--gas-limit",
                "1",
                "--out",
                scene.New("x.json")
            )
        );
    }

    private static VoluntaryExit Exit(ulong index) => EveryDuty.Exit(index);

    // The roots as the deposit contract computes them, which launchpads and the contract itself compare.
    private static void AssertForm(JsonNode deposit, ulong amount)
    {
        byte[] Bytes(string name) => Convert.FromHexString((string)deposit[name]!);
        byte[] Hash(params byte[][] parts) => SHA256.HashData([.. parts.SelectMany(part => part)]);
        var (zeroes, signature, gwei) = (new byte[32], Bytes("signature"), new byte[8]);
        BinaryPrimitives.WriteUInt64LittleEndian(gwei, amount);
        var key = Hash(Bytes("pubkey"), zeroes[..16]);
        var signed = Hash(Hash(signature[..64]), Hash(signature[64..], zeroes));

        Assert.Equal(Hash(Hash(key, Bytes("withdrawal_credentials")), Hash(gwei, zeroes[..24], signed)), Bytes("deposit_data_root"));
        Assert.Equal(Hash(Hash(key, Bytes("withdrawal_credentials")), Hash(gwei, zeroes[..24], zeroes)), Bytes("deposit_message_root"));
        Assert.Equal(amount.ToString(CultureInfo.InvariantCulture), deposit["amount"]!.ToJsonString());
        Assert.Equal(("10000910", "hoodi"), ((string)deposit["fork_version"]!, (string)deposit["network_name"]!));
        Assert.Equal(
            [
                "pubkey",
                "withdrawal_credentials",
                "amount",
                "signature",
                "deposit_message_root",
                "deposit_data_root",
                "fork_version",
                "network_name",
                "deposit_cli_version",
            ],
            deposit.AsObject().Select(member => member.Key)
        );
    }
}
