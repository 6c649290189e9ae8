using System.Text.Json.Nodes;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Keys;
using RemoteSigner.Rig;

namespace RemoteSigner.Tests.Keys;

public sealed class KeystoreFolderTests : IDisposable
{
    private readonly KeystoreScene _scene = new();

    public static TheoryData<string> Clients => [.. ClientFolder.Clients];

    public void Dispose() => _scene.Dispose();

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Finds_the_keys_of_each_client_with_their_passwords(string client)
    {
        var folder = ClientFolder.Write(client, _scene.Folder);

        var keys = await KeystoreImport.DecryptAllAsync(
            KeystoreFolder.Find(folder.Keystores, folder.Passwords),
            _scene.Arena,
            DerivationLoan.OfAll(256)
        );

        Assert.Equal(folder.Keys, keys.Select(key => key.PublicKey));
        Assert.Equal(folder.Labels, keys.Select(key => key.Label));
        keys.ToList().ForEach(key => key.Dispose());
    }

    [Theory]
    [InlineData("dirk", KeystoreOrigin.Dirk)]
    [InlineData("lighthouse", KeystoreOrigin.Lighthouse)]
    [InlineData("lodestar", KeystoreOrigin.Lodestar)]
    [InlineData("nimbus", KeystoreOrigin.Nimbus)]
    [InlineData("teku", KeystoreOrigin.Teku)]
    [InlineData("teku-key-manager", KeystoreOrigin.Teku)]
    [InlineData("prysm-backup", KeystoreOrigin.Keystore)]
    public void Says_whose_layout_it_is_and_which_keys_the_files_claim(string client, KeystoreOrigin origin)
    {
        var folder = ClientFolder.Write(client, _scene.Folder);

        var found = KeystoreFolder.Survey(folder.Keystores, folder.Passwords).Keystores;

        Assert.All(found, keystore => Assert.Equal((origin, null), (keystore.Origin, keystore.Failure)));
        Assert.Equal(folder.Keys, found.Select(keystore => keystore.PublicKey!.Value));
    }

    [Fact]
    public void A_wallet_or_the_folder_of_one_key_may_be_named_by_itself()
    {
        var dirk = ClientFolder.Write("dirk", Path.Combine(_scene.Folder, "dirk"));
        var lighthouse = ClientFolder.Write("lighthouse", Path.Combine(_scene.Folder, "lighthouse"));

        var wallet = Assert.Single(
            KeystoreFolder.Survey(Path.Combine(dirk.Keystores, "wallets", "00000002-0000-4000-8000-000000000000"), dirk.Passwords).Keystores
        );
        var key = Assert.Single(
            KeystoreFolder.Survey(Path.Combine(lighthouse.Keystores, "validators", lighthouse.Keys[0].ToString())).Keystores
        );
        var file = Assert.Single(KeystoreFolder.Survey(wallet.Path, dirk.Passwords).Keystores);

        Assert.Equal("Wallet 2/validator-0", wallet.Label);
        Assert.Equal((lighthouse.Keys[0], null), (key.PublicKey, key.Failure));
        Assert.Equal(wallet.Label, file.Label);
    }

    /// <summary>Whoever names one file means it; in a folder an ending tells what is no keystore.</summary>
    [Theory]
    [InlineData("keystore.json.bak")]
    [InlineData("0x93247f2209abcacf57b75a51dafae777f9dd38bc7053d1af526f220a7489a6d3a2753e5f3e8b1cfe39b56f43611df74a")]
    public void A_file_that_is_named_is_read_whatever_it_is_called(string name)
    {
        var (json, key) = _scene.NewKeystore("secret");
        var path = _scene.Write(name, json.ToJsonString());

        Assert.Equal(key, Assert.Single(KeystoreFolder.Survey(path, _scene.Write("password", "secret")).Keystores).PublicKey);
        Assert.Equal(
            KeystoreFault.Malformed,
            Assert.Single(KeystoreFolder.Survey(_scene.Write(name, "not JSON")).Keystores).Failure!.Fault
        );
    }

    [Fact]
    public void Passes_over_what_is_known_to_hold_no_signing_key_and_says_why()
    {
        _scene.Write("keystore.json", _scene.NewKeystore("secret").Json.ToJsonString());
        _scene.Write("keystore.txt", "secret");
        _scene.Write("deposit_data-1700000000.json", "[]");
        _scene.Write("withdrawal-keystore.json", _scene.NewKeystore("secret").Json.ToJsonString());
        _scene.Write("remote_keystore.json", """{"version":3,"type":"web3signer"}""");
        _scene.Write("history.json", """{"metadata":{},"data":[]}""");
        _scene.Write("backup/keystore.json", "{");
        _scene.Write("LOCK", "");

        var survey = KeystoreFolder.Survey(_scene.Folder);

        Assert.Equal("keystore.json", Assert.Single(survey.Keystores).Label);
        Assert.Equal(
            ["backup", "deposit_data-1700000000.json", "history.json", "remote_keystore.json", "withdrawal-keystore.json"],
            survey.Rest.Select(rest => Path.GetFileName(rest.Path)).Order(StringComparer.Ordinal)
        );
        Assert.All(survey.Rest, rest => Assert.NotEmpty(rest.Reason));
    }

    [Theory]
    [InlineData("dirk", "dirk.json")]
    [InlineData("lighthouse", "validators/validator_key_cache.json")]
    [InlineData("lodestar", ".log_rotate_audit.json")]
    [InlineData("lodestar", "peer-id.json")]
    [InlineData("nimbus", "netkey.json")]
    public void A_clients_own_file_beside_its_folders_of_keys_is_passed_over_by_name(string client, string name)
    {
        var folder = ClientFolder.Write(client, _scene.Folder);

        var survey = KeystoreFolder.Survey(folder.Keystores, folder.Passwords);

        Assert.All(survey.Keystores, keystore => Assert.Null(keystore.Failure));
        Assert.Contains(Path.Combine(_scene.Folder, name), survey.Rest.Select(rest => rest.Path));
    }

    /// <summary>Only what claims to be no keystore of a validator is passed over, and only beside folders of keys.</summary>
    [Theory]
    [InlineData("keystore-0.json", "{")]
    [InlineData("keystore-0.json", """{"crypto":{},"version":4}""")]
    [InlineData(
        "validators/keystore-0.json",
        """{"crypto":{},"pubkey":"000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"}"""
    )]
    [InlineData(
        "validators/0x93247f2209abcacf57b75a51dafae777f9dd38bc7053d1af526f220a7489a6d3a2753e5f3e8b1cfe39b56f43611df74a/keystore.json",
        """{"crypto":{},"uuids":[]}"""
    )]
    [InlineData(
        "validators/0x93247f2209abcacf57b75a51dafae777f9dd38bc7053d1af526f220a7489a6d3a2753e5f3e8b1cfe39b56f43611df74a/keystore.json",
        "{}"
    )]
    [InlineData("keys/keystore-0.json", "{}")]
    [InlineData("keys/deeper/keystore-0.json", "{}")]
    public void A_damaged_keystore_beside_or_in_folders_of_keys_is_a_fault(string name, string content)
    {
        ClientFolder.Write("nimbus", _scene.Folder);
        ClientFolder.Write("teku", _scene.Folder);
        Directory.CreateDirectory(Path.Combine(_scene.Folder, "keys", "deeper"));
        var path = _scene.Write(name, content);

        var fault = Assert.Single(KeystoreFolder.Survey(_scene.Folder).Keystores, keystore => keystore.Fault is not null);

        Assert.Equal((path, KeystoreFault.Malformed), (fault.Path, fault.Failure!.Fault));
    }

    /// <summary>Teku walks its folder to the bottom, with each password under the same path in the other folder.</summary>
    [Theory]
    [InlineData("teku", "keys", "passwords", false)]
    [InlineData("teku", "keys", "passwords", true)]
    [InlineData("teku-key-manager", "validator/key-manager/local", "validator/key-manager/local-passwords", false)]
    public void The_keys_of_Teku_may_lie_deeper(string client, string keystores, string passwords, bool areNamed)
    {
        var folder = ClientFolder.Write(client, _scene.Folder);
        var path = _scene.Write($"{keystores}/pool/first/validator-0.json", _scene.NewKeystore("secret").Json.ToJsonString());
        var password = _scene.Write($"{passwords}/pool/first/validator-0.txt", "secret");

        var found = KeystoreFolder.Survey(folder.Keystores, areNamed ? Path.Combine(_scene.Folder, passwords) : null).Keystores;

        Assert.Equal(3, found.Count);
        Assert.All(found, keystore => Assert.Equal((KeystoreOrigin.Teku, null), (keystore.Origin, keystore.Failure)));
        Assert.Equal((path, password), (found[2].Path, found[2].PasswordPath));
    }

    /// <summary>
    /// As a volume of secrets has it in Kubernetes: every file is a link into a hidden folder, which is there under two names.
    /// </summary>
    [Fact]
    public void No_key_is_found_twice_through_links_and_hidden_folders()
    {
        var folder = ClientFolder.Write("teku", _scene.Folder);
        var keys = Path.Combine(_scene.Folder, "keys");
        Directory.CreateDirectory(Path.Combine(keys, "..2026"));
        Directory.CreateSymbolicLink(Path.Combine(keys, "..data"), "..2026");
        Directory.CreateSymbolicLink(Path.Combine(keys, "again"), ".");
        foreach (var name in new[] { "validator-0.json", "validator-1.json" })
        {
            File.Move(Path.Combine(keys, name), Path.Combine(keys, "..2026", name));
            File.CreateSymbolicLink(Path.Combine(keys, name), Path.Combine("..data", name));
        }

        var survey = KeystoreFolder.Survey(folder.Keystores);

        Assert.Equal(folder.Keys, survey.Keystores.Select(keystore => keystore.PublicKey!.Value));
        Assert.Equal(["..2026", "..data", "again"], survey.Rest.Select(rest => Path.GetFileName(rest.Path)));
    }

    /// <summary>Whoever destroys the keystores after the import must have read which were left.</summary>
    [Theory]
    [InlineData("backup/keystore.json", "backup")]
    [InlineData("validators/old/0x00/voting-keystore.json", "validators/old")]
    [InlineData("validators/keys/keys/keys/keystore.json", "validators/keys/keys/keys")]
    public void A_folder_that_is_not_entered_is_named_if_keystores_may_lie_in_it(string path, string named)
    {
        var folder = ClientFolder.Write("nimbus", _scene.Folder);
        _scene.Write(path, _scene.NewKeystore("secret").Json.ToJsonString());
        _scene.Write("logs/today.log", "");

        var survey = KeystoreFolder.Survey(folder.Keystores);

        Assert.Equal(folder.Keys.Count, survey.Keystores.Count);
        Assert.Equal(Path.Combine(_scene.Folder, named), Assert.Single(survey.Rest, rest => Directory.Exists(rest.Path)).Path);
    }

    /// <summary>A damaged file is told of: nobody would miss a key that was passed over.</summary>
    [Theory]
    [InlineData("keystore-0.json", "{")]
    [InlineData("keystore-0.json", """{"pubkey":"00"}""")]
    [InlineData("keystore-0.json", """{"crypto":{},"version":4}""")]
    [InlineData(
        "00000001-0000-4000-8000-000000000000",
        """{"crypto":{},"version":4,"name":"a","uuid":"00000001-0000-4000-8000-000000000000"}"""
    )]
    public void A_damaged_keystore_is_a_fault_and_not_passed_over(string name, string content)
    {
        var path = _scene.Write(name, content);

        var found = Assert.Single(KeystoreFolder.Survey(_scene.Folder, _scene.Write("password", "secret")).Keystores);

        Assert.Equal((path, KeystoreFault.Malformed), (found.Path, found.Failure!.Fault));
    }

    [Fact]
    public void A_wallet_whose_store_is_encrypted_as_a_whole_is_told_so()
    {
        _scene.Write("00000001-0000-4000-8000-000000000000/00000001-1111-4111-8111-111111111111", "\u0001\u0002");

        var failure = Assert.Single(Assert.Throws<KeystoreImportException>(() => KeystoreFolder.Find(_scene.Folder)).Failures);

        Assert.Equal(KeystoreFault.Unsupported, failure.Fault);
        Assert.Contains("encrypted as a whole", failure.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wallet/direct/accounts/all-accounts.keystore.json")]
    [InlineData("wallet/derived/accounts/all-accounts.keystore.json")]
    [InlineData("wallet/renamed.json")]
    public async Task The_list_of_a_Prysm_wallet_is_named_with_the_command_that_writes_keystores(string name)
    {
        var json = _scene.NewKeystore("secret").Json;
        json["crypto"]!["cipher"]!["message"] = new string('a', 400);
        json.Remove("pubkey");
        _scene.Write(name, json.ToJsonString());

        var failure = Assert.Single(
            (
                await Assert.ThrowsAsync<KeystoreImportException>(() =>
                    KeystoreImport.DecryptAllAsync(
                        KeystoreFolder.Find(Path.Combine(_scene.Folder, "wallet"), _scene.Write("password", "secret")),
                        _scene.Arena,
                        DerivationLoan.OfAll(256)
                    )
                )
            ).Failures
        );

        Assert.Equal(KeystoreFault.Unsupported, failure.Fault);
        Assert.Contains("validator accounts backup", failure.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_named_by_another_key_than_its_file_is_refused()
    {
        var folder = ClientFolder.Write("nimbus", _scene.Folder);
        var place = Path.Combine(_scene.Folder, "validators");
        File.Copy(
            Path.Combine(place, folder.Keys[0].ToString(), "keystore.json"),
            Path.Combine(place, folder.Keys[1].ToString(), "keystore.json"),
            overwrite: true
        );

        var found = KeystoreFolder.Survey(folder.Keystores).Keystores;

        Assert.Equal([null, KeystoreFault.ForeignPublicKey], found.Select(keystore => keystore.Failure?.Fault));
    }

    [Fact]
    public void A_missing_password_is_told_with_all_places_where_it_was_looked_for()
    {
        var folder = ClientFolder.Write("lighthouse", _scene.Folder);
        Directory.Delete(Path.Combine(_scene.Folder, "secrets"), recursive: true);

        var failures = Assert.Throws<KeystoreImportException>(() => KeystoreFolder.Find(folder.Keystores)).Failures;

        Assert.Equal(2, failures.Count);
        Assert.Contains(Path.Combine("secrets", folder.Keys[0].ToString()), failures[0].Reason, StringComparison.Ordinal);
        Assert.Contains("voting_keystore_password,", failures[0].Hint, StringComparison.Ordinal);
        Assert.Contains("voting_keystore_password_path", failures[0].Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_passwords_may_name_them_by_key_as_the_clients_do()
    {
        var folder = ClientFolder.Write("lodestar", _scene.Folder);
        var secrets = Path.Combine(_scene.Folder, "carried away");
        Directory.Move(Path.Combine(_scene.Folder, "secrets"), secrets);

        Assert.Equal(
            folder.Keys.Select(key => Path.Combine(secrets, key.ToString())),
            KeystoreFolder.Find(folder.Keystores, secrets).Select(file => file.PasswordPath)
        );
    }

    /// <summary>Lighthouse and Teku lock by a file, Lodestar by a folder.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_clients_lock_beside_a_keystore_is_seen(bool isFolder)
    {
        var folder = ClientFolder.Write("lodestar", _scene.Folder);
        var path = Path.Combine(_scene.Folder, "keystores", folder.Keys[1].ToString(), "voting-keystore.json.lock");
        if (isFolder)
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            File.WriteAllText(path, "");
        }

        Assert.Equal([path], KeystoreFolder.Survey(folder.Keystores).FindLocks());
    }

    /// <summary>As Nimbus does, which leaves no file.</summary>
    [Fact]
    public void A_keystore_that_a_process_holds_locked_is_seen()
    {
        var folder = ClientFolder.Write("nimbus", _scene.Folder);
        var path = Path.Combine(_scene.Folder, "validators", folder.Keys[0].ToString(), "keystore.json");

        // A process loses its own locks on a file with each of its descriptors that it closes: this one reads first.
        var survey = KeystoreFolder.Survey(folder.Keystores);
        using (var held = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            held.Lock(0, 0);

            Assert.Equal([path], survey.FindLocks());
        }

        Assert.Empty(survey.FindLocks());
    }

    [Theory]
    [InlineData("keystore-0.json", "keystore-0.json")]
    [InlineData("a\u001b[2Jb\n", "a?[2Jb?")]
    public void A_label_has_no_character_that_acts(string name, string label) => Assert.Equal(label, KeyLabel.Of(name));

    [Fact]
    public void A_label_is_cut_between_characters()
    {
        Assert.Equal("half ?", KeyLabel.Of("half \ud800"));
        Assert.Equal(new string('ä', 32), KeyLabel.Of(new string('ä', 40)));
        Assert.Equal("x" + string.Concat(Enumerable.Repeat("𝔸", 15)), KeyLabel.Of("x" + string.Concat(Enumerable.Repeat("𝔸", 20))));
    }

    [Fact]
    public void A_share_of_a_distributed_account_is_found_as_others_are()
    {
        var (json, key) = _scene.NewKeystore("secret");
        var account = new JsonObject
        {
            ["crypto"] = json["crypto"]!.DeepClone(),
            ["encryptor"] = "keystore",
            ["name"] = "distributed-0",
            ["participants"] = new JsonObject { ["1"] = "one:13141", ["2"] = "two:13141" },
            ["pubkey"] = json["pubkey"]!.DeepClone(),
            ["signing_threshold"] = 2,
            ["uuid"] = "00000001-1111-4111-8111-111111111111",
            ["verificationvector"] = new JsonArray("00"),
            ["version"] = 4,
        };
        _scene.Write("00000001-1111-4111-8111-111111111111", account.ToJsonString());

        var found = Assert.Single(KeystoreFolder.Survey(_scene.Folder, _scene.Write("password", "secret")).Keystores);

        Assert.Equal((key, "distributed-0", KeystoreOrigin.Dirk), (found.PublicKey, found.Label, found.Origin));
    }

    /// <summary>What is found when a name is compared, and not when the text is read.</summary>
    [Fact]
    public void A_name_with_half_a_surrogate_pair_is_a_damaged_file_and_no_fault_of_ours()
    {
        const string Text = """{"c\ud800rypto":{},"version":4,"pubkey":"00"}""";
        File.WriteAllText(Path.Combine(_scene.Folder, "keystore.json"), Text);

        var found = Assert.Single(KeystoreFolder.Survey(_scene.Folder, _scene.Folder).Keystores);

        Assert.NotNull(found.Failure);
        Assert.False(KeysharesFile.Is(System.Text.Encoding.UTF8.GetBytes(Text)));
    }
}
