using System.Text.Json.Nodes;
using RemoteSigner.Spec;

namespace RemoteSigner.Rig;

/// <summary>
/// The folder in which a client that has run keeps its keys, with all that it writes beside them: laid out as the clients' sources do, with
/// throwaway keys.
/// </summary>
/// <param name="Keystores">What <c>--keystores</c> names.</param>
/// <param name="Passwords">What <c>--passwords</c> names; null where the passwords are in the client's own place.</param>
/// <param name="Keys">In the order in which they are found.</param>
/// <param name="Labels">What each is called once it is here.</param>
public sealed record ClientFolder(string Keystores, string? Passwords, IReadOnlyList<BlsPublicKey> Keys, IReadOnlyList<string> Labels)
{
    public const string Password = "a client's own password";

    /// <summary>Every client that has a layout here.</summary>
    public static IReadOnlyList<string> Clients { get; } =
    ["dirk", "lighthouse", "lodestar", "nimbus", "teku", "teku-key-manager", "prysm-backup"];

    /// <summary>The import's options.</summary>
    public string[] Options => Passwords is null ? ["--keystores", Keystores] : ["--keystores", Keystores, "--passwords", Passwords];

    /// <summary>Makes one with two keys.</summary>
    public static ClientFolder Write(string client, string folder) =>
        client switch
        {
            "dirk" => WriteDirk(folder),
            "lighthouse" => WriteKeyed(folder, "validators", "voting-keystore.json", beside =>
            {
                File.WriteAllText(Path.Combine(beside, "validator_definitions.yml"), "---\n");
                File.WriteAllText(
                    Path.Combine(beside, "validator_key_cache.json"),
                    new JsonObject { ["crypto"] = Crypto(), ["uuids"] = new JsonArray(Guid.NewGuid().ToString()) }.ToJsonString()
                );
            }),
            "lodestar" => WriteKeyed(folder, "keystores", "voting-keystore.json", _ =>
            {
                Directory.CreateDirectory(Path.Combine(folder, "validator-db"));
                File.WriteAllText(
                    Path.Combine(folder, ".log_rotate_audit.json"),
                    """{"keep":{"days":true,"amount":5},"auditLog":".log_rotate_audit.json","files":[],"hashType":"sha256"}"""
                );
                File.WriteAllText(Path.Combine(folder, "peer-id.json"), """{"id":"16Uiu2HAm","privKey":"CAIS","pubKey":"CAIS"}""");
            }),
            "nimbus" => WriteKeyed(folder, "validators", "keystore.json", beside =>
            {
                File.WriteAllText(Path.Combine(beside, "slashing_protection.sqlite3"), "");

                // --netkey-file: the node's key in the network, under a password.
                File.WriteAllText(
                    Path.Combine(folder, "netkey.json"),
                    new JsonObject
                    {
                        ["crypto"] = Crypto(),
                        ["description"] = "",
                        ["pubkey"] = "08021221" + new string('0', 66),
                        ["uuid"] = Guid.NewGuid().ToString(),
                        ["version"] = 1,
                    }.ToJsonString()
                );
            }),
            "teku" => WriteTeku(folder, "keys", "passwords"),
            "teku-key-manager" => WriteTeku(Path.Combine(folder, "validator", "key-manager"), "local", "local-passwords") with
            {
                Keystores = folder,
            },
            "prysm-backup" => WritePrysmBackup(folder),
            _ => throw new ArgumentException($"no layout of '{client}'", nameof(client)),
        };

    // A wallet's folder has its own name, a file of that name, an index and one file for each account; passphrases are in Dirk's
    // configuration.
    private static ClientFolder WriteDirk(string folder)
    {
        List<BlsPublicKey> keys = [];
        List<string> labels = [];
        foreach (var (id, wallet) in new[] { (1, "Wallet 1"), (2, "Wallet 2") })
        {
            var name = $"{id:00000000}-0000-4000-8000-000000000000";
            var place = Directory.CreateDirectory(Path.Combine(folder, "wallets", name)).FullName;
            var (key, account) = Account($"{id:00000000}-1111-4111-8111-111111111111", "validator-0");
            keys.Add(key);
            labels.Add($"{wallet}/validator-0");
            File.WriteAllText(Path.Combine(place, account["uuid"]!.GetValue<string>()), account.ToJsonString());
            File.WriteAllText(Path.Combine(place, "index"), $$"""[{"uuid":"{{account["uuid"]}}","name":"validator-0"}]""");
            var header = new JsonObject
            {
                ["uuid"] = name,
                ["name"] = wallet,
                ["version"] = 1,
                ["type"] = id == 1 ? "non-deterministic" : "hierarchical deterministic",
            };
            if (id == 2)
            {
                // The seed, under the same encryption as an account's key.
                header["crypto"] = account["crypto"]!.DeepClone();
                header["nextaccount"] = 1;
            }

            File.WriteAllText(Path.Combine(place, name), header.ToJsonString());
        }

        File.WriteAllText(Path.Combine(folder, "dirk.json"), """{"server":{"id":1},"stores":[{"name":"Local","type":"filesystem"}]}""");
        return new ClientFolder(folder, WritePassword(folder, "passphrase"), keys, labels);
    }

    private static JsonNode Crypto() => JsonNode.Parse(KeystoreWriter.New(Password).Json)!["crypto"]!.DeepClone();

    private static (BlsPublicKey Key, JsonObject Json) Account(string uuid, string name)
    {
        var (key, json) = KeystoreWriter.New(Password);
        var keystore = JsonNode.Parse(json)!;
        return (
            key,
            new JsonObject
            {
                ["crypto"] = keystore["crypto"]!.DeepClone(),
                ["encryptor"] = "keystore",
                ["name"] = name,
                ["pubkey"] = key.ToString()[2..],
                ["uuid"] = uuid,
                ["version"] = 4,
            }
        );
    }

    // Lighthouse, Lodestar and Nimbus: a folder for each key, and the passwords in another.
    private static ClientFolder WriteKeyed(string folder, string keystores, string name, Action<string> more)
    {
        var all = Directory.CreateDirectory(Path.Combine(folder, keystores)).FullName;
        var secrets = Directory.CreateDirectory(Path.Combine(folder, "secrets")).FullName;
        List<BlsPublicKey> keys = [];
        for (var i = 0; i < 2; i++)
        {
            var (key, json) = KeystoreWriter.New(Password);
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(all, key.ToString())).FullName, name), json);
            File.WriteAllText(Path.Combine(secrets, key.ToString()), Password);
            keys.Add(key);
        }

        more(all);
        keys = [.. keys.OrderBy(key => key.ToString(), StringComparer.Ordinal)];
        return new ClientFolder(folder, null, keys, [.. keys.Select(key => key.ToString()[..64])]);
    }

    private static ClientFolder WriteTeku(string folder, string keystores, string passwords)
    {
        List<BlsPublicKey> keys = [];
        for (var i = 0; i < 2; i++)
        {
            var (key, json) = KeystoreWriter.New(Password);
            File.WriteAllText(
                Path.Combine(Directory.CreateDirectory(Path.Combine(folder, keystores)).FullName, $"validator-{i}.json"),
                json
            );
            File.WriteAllText(
                Path.Combine(Directory.CreateDirectory(Path.Combine(folder, passwords)).FullName, $"validator-{i}.txt"),
                Password
            );
            keys.Add(key);
        }

        return new ClientFolder(folder, null, keys, ["validator-0.json", "validator-1.json"]);
    }

    // What 'accounts backup' writes, expanded.
    private static ClientFolder WritePrysmBackup(string folder)
    {
        List<BlsPublicKey> keys = [];
        for (var i = 0; i < 2; i++)
        {
            var (key, json) = KeystoreWriter.New(Password);
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "backup")).FullName, $"keystore-{i}.json"), json);
            keys.Add(key);
        }

        return new ClientFolder(
            Path.Combine(folder, "backup"),
            WritePassword(folder, "backup-password.txt"),
            keys,
            ["keystore-0.json", "keystore-1.json"]
        );
    }

    private static string WritePassword(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, Password);
        return path;
    }
}
