using System.Text;
using System.Text.Json.Nodes;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.Fuzz;

/// <summary>A request that a door understands. <paramref name="Signs"/>: its answer may be a signature.</summary>
internal sealed record RequestSeed(string Door, Listener Listener, string Verb, string Path, byte[] Body, bool Signs = false, string Accept = "application/json");

/// <summary>Good requests for every door, of our own and from the shared vectors where there are any.</summary>
internal static class RequestSeeds
{
    private const string Unknown = "0x8d2f4e3c6a6f0a2f6c1f3f2c9b8a7d6e5f4c3b2a190817263544536271809fefdecdbcab9a8978675645342312010fff";

    private static readonly Network _hoodi = Network.Find("hoodi")!;

    public static IReadOnlyList<RequestSeed> All(FuzzedSigner signer, string? vectors)
    {
        List<string> duties = [.. Own(signer), .. vectors is null ? [] : Vectors(vectors)];
        var seeds = new List<RequestSeed>();
        foreach (var (duty, number) in duties.Select((duty, number) => (duty, number)))
        {
            seeds.Add(new("sign", Listener.MutualTls, "POST", $"/api/v1/eth2/sign/{signer.Key}", Utf8(duty), Signs: true, Accept: number % 3 == 0 ? "text/plain" : "application/json"));
            seeds.Add(new("sign (http)", Listener.Loopback, "POST", $"/api/v1/eth2/sign/{signer.Key}", Utf8(duty), Signs: true));
            seeds.Add(new("batch", Listener.MutualTls, "POST", "/api/v1/eth2/sign", Utf8($"{{\"identifiers\":[\"{signer.Home.Keys[1]}\",\"{signer.Home.Keys[2]}\",\"{Unknown}\"],\"signing_request\":{duty}}}"), Signs: true));
            seeds.AddRange(Dv(signer, duty));
        }

        return [.. seeds, .. Keymanager(signer), .. Ssv(signer, vectors, duties[0]), .. Management(), .. Control(signer)];
    }

    private static IEnumerable<RequestSeed> Dv(FuzzedSigner signer, string duty)
    {
        var (group, share) = signer.Share is { } held ? (held.Group.ToString(), held.Share.ToString()) : (Unknown, Unknown);
        var named = $"{{\"group_pubkey\":\"{group}\",{duty[1..]}";
        yield return new("distributed", Listener.MutualTls, "POST", $"/api/v1/eth2/distributed/sign/{group}", Utf8(duty), Signs: true);
        yield return new("distributed", Listener.Loopback, "POST", "/api/v1/eth2/distributed/sign", Utf8($"{{\"identifiers\":[\"{group}\",\"{Unknown}\"],\"signing_request\":{duty}}}"), Signs: true);
        yield return new("distributed", Listener.MutualTls, "GET", $"/api/v1/eth2/distributed/accounts/{group}", []);
        yield return new("dv", Listener.MutualTls, "POST", "/api/v1/dv/slashable", Utf8($"{{\"pubkey\":\"{share}\",{duty[1..]}"));
        yield return new("dv", Listener.MutualTls, "POST", "/api/v1/dv/slashable", Utf8(named));
        yield return new("dv", Listener.MutualTls, "POST", "/api/v1/dv/combine", Utf8($"{{\"group_pubkey\":\"{group}\",\"signing_root\":\"0x{new string('1', 64)}\",\"partials\":[{{\"share_index\":\"1\",\"partial_signature\":\"0x{new string('a', 192)}\"}}]}}"));
        yield return new("dv", Listener.MutualTls, "POST", $"/api/v1/dv/clusters/0x{new string('2', 64)}/lock-signatures", Utf8("{\"cluster_definition\":{\"version\":\"v1.11.0\"},\"distributed_validators\":[]}"));
        yield return new("dv", Listener.MutualTls, "GET", "/api/v1/dv/validators", []);
    }

    private static IEnumerable<RequestSeed> Keymanager(FuzzedSigner signer)
    {
        var folder = signer.Home.Beside("pushed");
        KeystoreWriter.WriteNew(folder, 1, SignerHome.Password);
        var push = new JsonObject
        {
            ["keystores"] = new JsonArray((JsonNode)File.ReadAllText(Path.Combine(folder, "keystore-0.json"))),
            ["passwords"] = new JsonArray((JsonNode)SignerHome.Password),
            ["slashing_protection"] = $$"""{"metadata":{"interchange_format_version":"5","genesis_validators_root":"{{_hoodi.GenesisValidatorsRoot}}"},"data":[]}""",
        };
        for (var weight = 0; weight < 6; weight++)
        {
            yield return new("keymanager", Listener.MutualTls, "POST", "/eth/v1/keystores", Utf8(push.ToJsonString()));
            yield return new("keymanager", Listener.MutualTls, "DELETE", "/eth/v1/keystores", Utf8($"{{\"pubkeys\":[\"{Unknown}\"]}}"));
            yield return new("keymanager", Listener.MutualTls, "GET", "/eth/v1/keystores", []);
            yield return new("keymanager", Listener.Loopback, "POST", "/eth/v1/keystores", Utf8(push.ToJsonString()));
        }

        yield return new("keymanager", Listener.MutualTls, "POST", "/eth/v1/remotekeys", Utf8("{\"remote_keys\":[]}"));
    }

    private static IEnumerable<RequestSeed> Ssv(FuzzedSigner signer, string? vectors, string duty)
    {
        var speech = SsvMessages.Consensus(SsvMessages.Identifier(new Clusters.Ssv.SsvDomain(0x0502), Clusters.Ssv.SsvRole.Proposer, signer.Key));
        for (var weight = 0; weight < 6; weight++)
        {
            yield return new("ssv", Listener.MutualTls, "GET", "/v1/validators", []);
            yield return new("ssv", Listener.MutualTls, "DELETE", "/v1/validators", Utf8($"{{\"pubkeys\":[\"{Unknown}\"]}}"));
            yield return new("ssv", Listener.MutualTls, "GET", "/v1/operator/identity", []);
            yield return new("ssv", Listener.MutualTls, "POST", "/v1/operator/sign", speech);
            yield return new("ssv", Listener.MutualTls, "POST", $"/v1/validators/sign/{signer.Key}", Utf8(duty), Signs: true);
        }

        // A share that does not open costs a second, on purpose.
        var shares = vectors is null ? $"{{\"share_keys\":[{{\"EncryptedPrivKey\":\"0x00\",\"PubKey\":\"{Unknown}\"}}]}}" : File.ReadAllText(Path.Combine(vectors, "ssv-keyshares-4of3", "ssv-signer-add-request.json"));
        yield return new("ssv", Listener.MutualTls, "POST", "/v1/validators", Utf8(shares));
    }

    private static IEnumerable<RequestSeed> Management()
    {
        foreach (var path in (string[])["/api/v1/eth2/publicKeys", "/api/v1/eth2/highWatermark", "/upcheck", "/healthcheck", "/reload", "/attestation?nonce=00112233445566778899aabbccddeeff", "/openapi/eth2.json"])
        {
            yield return new("management", Listener.MutualTls, "GET", path, []);
        }

        yield return new("management", Listener.MutualTls, "POST", "/attestation/credential", Utf8("{\"credential\":\"00\"}"));
        foreach (var path in (string[])["/metrics", "/healthcheck", "/upcheck", "/reload", "/attestation"])
        {
            yield return new("operations", Listener.Operations, "GET", path, []);
        }

        yield return new("operations", Listener.Operations, "POST", "/attestation/credential", Utf8("{}"));
    }

    private static IEnumerable<RequestSeed> Control(FuzzedSigner signer)
    {
        yield return new("control", Listener.Control, "GET", "/control/v1/slashing", []);
        yield return new("control", Listener.Control, "GET", "/control/v1/freshness", []);
        yield return new("control", Listener.Control, "GET", $"/control/v1/audit?segment={signer.Home.Beside("no-segment")}", []);
        yield return new("control", Listener.Control, "POST", "/control/v1/slashing/export?by=Both&to=/nowhere", []);
        yield return new("control", Listener.Control, "POST", "/control/v1/keys", Utf8("{\"names\":[\"a\"],\"keystores\":[\"{}\"],\"passwords\":[\"b\"]}"));
        yield return new("control", Listener.Control, "POST", "/control/v1/clusters", Utf8($"{{\"lock\":\"{signer.Home.Beside("no-lock")}\",\"node\":\"{signer.Home.Beside("no-node")}\",\"neverSigned\":true}}"));
        yield return new("control", Listener.Control, "POST", "/control/v1/clusters/bind", Utf8($"{{\"node\":\"{signer.Home.Beside("no-node")}\"}}"));
        yield return new("control", Listener.Control, "DELETE", $"/control/v1/keys/{Unknown}", []);
    }

    // Duties of the present and of long ago, such as a client of hoodi sends them.
    private static IEnumerable<string> Own(FuzzedSigner signer)
    {
        var slot = ((ulong)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - _hoodi.GenesisTime!.Value) / _hoodi.SecondsPerSlot;
        var (epoch, root, signature) = (slot / 32, $"0x{new string('c', 64)}", $"0x{new string('b', 192)}");
        var fork = $"\"fork_info\":{{\"fork\":{{\"previous_version\":\"0x60000910\",\"current_version\":\"0x70000910\",\"epoch\":\"50688\"}},\"genesis_validators_root\":\"{_hoodi.GenesisValidatorsRoot}\"}}";
        var vote = $"{{\"slot\":\"{slot}\",\"index\":\"0\",\"beacon_block_root\":\"{root}\",\"source\":{{\"epoch\":\"{epoch - 1}\",\"root\":\"{root}\"}},\"target\":{{\"epoch\":\"{epoch}\",\"root\":\"{root}\"}}}}";
        yield return $"{{\"type\":\"ATTESTATION\",{fork},\"attestation\":{vote}}}";
        yield return $"{{\"type\":\"BLOCK_V2\",{fork},\"beacon_block\":{{\"version\":\"FULU\",\"block_header\":{{\"slot\":\"{slot}\",\"proposer_index\":\"5\",\"parent_root\":\"{root}\",\"state_root\":\"{root}\",\"body_root\":\"{root}\"}}}}}}";
        yield return $"{{\"type\":\"RANDAO_REVEAL\",{fork},\"randao_reveal\":{{\"epoch\":\"{epoch}\"}}}}";
        yield return $"{{\"type\":\"AGGREGATION_SLOT\",{fork},\"aggregation_slot\":{{\"slot\":\"{slot}\"}}}}";
        yield return $"{{\"type\":\"SYNC_COMMITTEE_MESSAGE\",{fork},\"sync_committee_message\":{{\"slot\":\"{slot}\",\"beacon_block_root\":\"{root}\"}}}}";
        yield return $"{{\"type\":\"SYNC_COMMITTEE_SELECTION_PROOF\",{fork},\"sync_aggregator_selection_data\":{{\"slot\":\"{slot}\",\"subcommittee_index\":\"2\"}}}}";
        yield return $"{{\"type\":\"SYNC_COMMITTEE_CONTRIBUTION_AND_PROOF\",{fork},\"contribution_and_proof\":{{\"aggregator_index\":\"7\",\"contribution\":{{\"slot\":\"{slot}\",\"beacon_block_root\":\"{root}\",\"subcommittee_index\":\"1\",\"aggregation_bits\":\"0x{new string('5', 32)}\",\"signature\":\"{signature}\"}},\"selection_proof\":\"{signature}\"}}}}";
        yield return $"{{\"type\":\"AGGREGATE_AND_PROOF_V2\",{fork},\"aggregate_and_proof\":{{\"version\":\"FULU\",\"data\":{{\"aggregator_index\":\"9\",\"aggregate\":{{\"aggregation_bits\":\"0xff01\",\"data\":{vote},\"signature\":\"{signature}\",\"committee_bits\":\"0x0100000000000000\"}},\"selection_proof\":\"{signature}\"}}}}}}";
        yield return $"{{\"type\":\"VOLUNTARY_EXIT\",{fork},\"voluntary_exit\":{{\"epoch\":\"{epoch}\",\"validator_index\":\"5\"}}}}";
        yield return $"{{\"type\":\"VALIDATOR_REGISTRATION\",\"validator_registration\":{{\"fee_recipient\":\"0x{new string('d', 40)}\",\"gas_limit\":\"30000000\",\"timestamp\":\"1700000000\",\"pubkey\":\"{signer.Key}\"}}}}";
        yield return $"{{\"type\":\"DEPOSIT\",\"deposit\":{{\"pubkey\":\"{signer.Key}\",\"withdrawal_credentials\":\"{root}\",\"amount\":\"32000000000\",\"genesis_fork_version\":\"0x10000910\"}}}}";
    }

    // Of another chain: told that they are of hoodi, so that they come further than the first check.
    private static IEnumerable<string> Vectors(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, "sign-requests", "mainnet"), "*.json").Order(StringComparer.Ordinal))
        {
            if (JsonNode.Parse(File.ReadAllText(file)) is JsonObject set && set["vectors"] is JsonArray { Count: > 0 } vectors && vectors[0]!["request"] is JsonObject request && !IsWholeBlock(request))
            {
                if (request["fork_info"] is JsonObject fork)
                {
                    fork["genesis_validators_root"] = _hoodi.GenesisValidatorsRoot.ToString();
                    request.Remove("signingRoot");
                    request.Remove("signing_root");
                }

                yield return request.ToJsonString();
            }
        }
    }

    // Of a block with its body the oracle does not know the root.
    private static bool IsWholeBlock(JsonObject request) => request["block"] is not null || request["beacon_block"]?["block"] is not null;

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
