using System.Text;
using System.Text.Json.Nodes;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.Fuzz;

/// <summary>A request that a door understands. <paramref name="Signs"/>: its answer may be a signature.</summary>
internal sealed record RequestSeed(
    string Door,
    Listener Listener,
    string Verb,
    string Path,
    byte[] Body,
    bool Signs = false,
    string Accept = "application/json"
)
{
    // What is asked of the same keys with other roots, what takes its turn beside other requests, and a key that was brought before.
    private static readonly string[] _ofOthers = [.. Contradictions, "one_at_a_time", "busy", "conflict"];

    /// <summary>Why a duty of another slot, root or source than the last one's is refused.</summary>
    public static string[] Contradictions =>
        [
            "double_vote",
            "double_proposal",
            "surrounding_vote",
            "surrounded_vote",
            "source_below_low_watermark",
            "target_below_low_watermark",
            "block_below_low_watermark",
        ];

    /// <summary>For what it may be refused as it stands, which is what it is there for then; empty: for nothing.</summary>
    public string[] Refusals { get; init; } = [];

    /// <summary>Is this how it may be answered as it stands?</summary>
    /// <param name="answer">How it was.</param>
    /// <param name="signatures">How many signatures are in it.</param>
    /// <param name="isAlone">Nothing but seeds was sent before it.</param>
    public bool Expects(RawAnswer answer, int signatures, bool isAlone)
    {
        if (answer.Status is 200 or 202)
        {
            return !Signs || signatures > 0 || !isAlone || Refusals.Length > 0;
        }

        var reason = answer.Status == 409 ? "conflict" : SignatureJudge.ReasonOf(answer.Body);
        return Refusals.Contains(reason) || (!isAlone && _ofOthers.Contains(reason));
    }
}

/// <summary>Good requests for every door, written here and from the vectors.</summary>
internal static class RequestSeeds
{
    private const string Unknown = "0x8d2f4e3c6a6f0a2f6c1f3f2c9b8a7d6e5f4c3b2a190817263544536271809fefdecdbcab9a8978675645342312010fff";

    private const string OwnFeeRecipient = "0xdddddddddddddddddddddddddddddddddddddddd";

    private static readonly HashSet<string> _batchable =
    [
        "AGGREGATION_SLOT",
        "ATTESTATION",
        "RANDAO_REVEAL",
        "SYNC_COMMITTEE_MESSAGE",
        "SYNC_COMMITTEE_SELECTION_PROOF",
        "PAYLOAD_ATTESTATION",
    ];
    private static readonly Network _hoodi = Network.Find("hoodi")!;

    public static IReadOnlyList<RequestSeed> All(FuzzedSigner signer, string vectors)
    {
        List<string> duties = [.. Own(signer), .. Vectors(vectors)];
        var own = Own(signer).Count();
        var seeds = new List<RequestSeed>();
        foreach (var (duty, number) in duties.Select((duty, number) => (duty, number)))
        {
            var type = (string)JsonNode.Parse(duty)!["type"]!;

            // Those of the vectors are of different chains, and of other keys' deposits.
            string[] refusals =
                number < own ? []
                : type is "ATTESTATION" or "BLOCK" or "BLOCK_V2" ? RequestSeed.Contradictions
                : type is "DEPOSIT" ? ["deposit_for_another_key"]
                : [];
            seeds.Add(
                new(
                    "sign",
                    Listener.MutualTls,
                    "POST",
                    $"/api/v1/eth2/sign/{signer.Key}",
                    Utf8(duty),
                    Signs: true,
                    Accept: number % 3 == 0 ? "text/plain" : "application/json"
                )
                {
                    Refusals = refusals,
                }
            );
            seeds.Add(
                new("sign (http)", Listener.Loopback, "POST", $"/api/v1/eth2/sign/{signer.Key}", Utf8(duty), Signs: true)
                {
                    Refusals = refusals,
                }
            );
            if (_batchable.Contains(type))
            {
                seeds.Add(
                    new(
                        "batch",
                        Listener.MutualTls,
                        "POST",
                        "/api/v1/eth2/sign",
                        Utf8(
                            $"{{\"identifiers\":[\"{signer.Home.Keys[1]}\",\"{signer.Home.Keys[2]}\",\"{Unknown}\"],"
                                + $"\"signing_request\":{duty}}}"
                        ),
                        Signs: true
                    )
                    {
                        Refusals = refusals,
                    }
                );
            }

            if (signer.Share is { } held)
            {
                seeds.AddRange(
                    Distributed(
                        held.Group.ToString(),
                        held.Share.ToString(),
                        type,
                        duty.Replace(signer.Key.ToString(), held.Group.ToString(), StringComparison.Ordinal)
                            .Replace(OwnFeeRecipient, held.FeeRecipient, StringComparison.Ordinal),
                        refusals
                    )
                );
            }
        }

        return
        [
            .. seeds,
            .. Dv(signer, vectors),
            .. Keymanager(signer),
            .. Ssv(signer, vectors, duties[0]),
            .. Management(),
            .. Control(signer),
        ];
    }

    private static IEnumerable<RequestSeed> Distributed(string group, string share, string type, string duty, string[] refusals)
    {
        // Nobody here has the shares that a proof of the group takes, nor the deposit that is in its lock; the vectors' registration is of
        // another validator.
        string[] ofCluster =
        [
            .. refusals,
            .. type switch
            {
                "AGGREGATE_AND_PROOF" or "AGGREGATE_AND_PROOF_V2" or "SYNC_COMMITTEE_CONTRIBUTION_AND_PROOF" => (string[])
                    ["selection_proof_not_of_group"],
                "DEPOSIT" => ["deposit_not_of_cluster"],
                "VALIDATOR_REGISTRATION" => ["registration_for_another_key"],
                _ => [],
            },
        ];
        yield return new("distributed", Listener.MutualTls, "POST", $"/api/v1/eth2/distributed/sign/{group}", Utf8(duty), Signs: true)
        {
            Refusals = ofCluster,
        };
        if (_batchable.Contains(type))
        {
            yield return new(
                "distributed",
                Listener.MutualTls,
                "POST",
                "/api/v1/eth2/distributed/sign",
                Utf8($"{{\"identifiers\":[\"{group}\",\"{Unknown}\"],\"signing_request\":{duty}}}"),
                Signs: true
            )
            {
                Refusals = refusals,
            };
        }

        yield return new("dv", Listener.MutualTls, "POST", "/api/v1/dv/slashable", Utf8($"{{\"pubkey\":\"{share}\",{duty[1..]}"));
        yield return new("dv", Listener.MutualTls, "POST", "/api/v1/dv/slashable", Utf8($"{{\"group_pubkey\":\"{group}\",{duty[1..]}"));
    }

    private static IEnumerable<RequestSeed> Dv(FuzzedSigner signer, string vectors)
    {
        yield return new("dv", Listener.MutualTls, "GET", "/api/v1/dv/validators", []);
        yield return new("distributed", Listener.MutualTls, "GET", "/api/v1/eth2/distributed/accounts", []);
        if (signer.Share is not { } held)
        {
            yield break;
        }

        var proposal = JsonNode.Parse(File.ReadAllText(Path.Combine(vectors, FuzzedSigner.Cluster, "cluster-lock.json")))!;
        var hash = (string)proposal["lock_hash"]!;
        (proposal["signature_aggregate"], proposal["node_signatures"]) = ("0x", new JsonArray());
        for (var weight = 0; weight < 6; weight++)
        {
            yield return new("distributed", Listener.MutualTls, "GET", $"/api/v1/eth2/distributed/accounts/{held.Group}", []);
            yield return new(
                "dv",
                Listener.MutualTls,
                "POST",
                "/api/v1/dv/combine",
                Utf8(
                    $"{{\"group_pubkey\":\"{held.Group}\",\"signing_root\":\"0x{new string('1', 64)}\","
                        + $"\"partials\":[{{\"share_index\":\"1\",\"partial_signature\":\"0x{new string('a', 192)}\"}}]}}"
                )
            )
            {
                Refusals = ["invalid_partials"],
            };
            yield return new(
                "dv",
                Listener.MutualTls,
                "POST",
                $"/api/v1/dv/clusters/{hash}/lock-signatures",
                Utf8(proposal.ToJsonString())
            );
        }
    }

    private static IEnumerable<RequestSeed> Keymanager(FuzzedSigner signer)
    {
        var folder = signer.Home.Beside("pushed");
        KeystoreWriter.WriteNew(folder, 1, SignerHome.Password);
        var keystore = File.ReadAllText(Path.Combine(folder, "keystore-0.json"));
        var key = "0x" + (string)JsonNode.Parse(keystore)!["pubkey"]!;
        var push = new JsonObject
        {
            ["keystores"] = new JsonArray((JsonNode)keystore),
            ["passwords"] = new JsonArray((JsonNode)SignerHome.Password),
            ["slashing_protection"] =
                $$"""{"metadata":{"interchange_format_version":"5","genesis_validators_root":"{{_hoodi.GenesisValidatorsRoot}}"},"data":[{"pubkey":"{{key}}","signed_blocks":[{"slot":"1"}],"signed_attestations":[{"source_epoch":"1","target_epoch":"2"}]}]}""",
        };
        for (var weight = 0; weight < 6; weight++)
        {
            yield return new("keymanager", Listener.MutualTls, "POST", "/eth/v1/keystores", Utf8(push.ToJsonString()));
            yield return new("keymanager", Listener.MutualTls, "DELETE", "/eth/v1/keystores", Utf8($"{{\"pubkeys\":[\"{Unknown}\"]}}"));
            yield return new("keymanager", Listener.MutualTls, "GET", "/eth/v1/keystores", []);
            yield return new("keymanager", Listener.Loopback, "POST", "/eth/v1/keystores", Utf8(push.ToJsonString()))
            {
                Refusals = ["certificate_required"],
            };
        }

        yield return new("keymanager", Listener.MutualTls, "POST", "/eth/v1/remotekeys", Utf8("{\"remote_keys\":[]}"))
        {
            Refusals = ["remotekeys_read_only"],
        };
    }

    private static IEnumerable<RequestSeed> Ssv(FuzzedSigner signer, string vectors, string duty)
    {
        var speech = SsvMessages.Consensus(
            SsvMessages.Identifier(new Clusters.Ssv.SsvDomain(0x0503), Clusters.Ssv.SsvRole.Proposer, signer.Key)
        );
        for (var weight = 0; weight < 6; weight++)
        {
            yield return new("ssv", Listener.MutualTls, "GET", "/v1/validators", []);
            yield return new("ssv", Listener.MutualTls, "DELETE", "/v1/validators", Utf8($"{{\"pubkeys\":[\"{Unknown}\"]}}"));
            yield return new("ssv", Listener.MutualTls, "GET", "/v1/operator/identity", []);
            yield return new("ssv", Listener.MutualTls, "POST", "/v1/operator/sign", speech);
            yield return new("ssv", Listener.MutualTls, "POST", $"/v1/validators/sign/{signer.Key}", Utf8(duty), Signs: true);
        }

        // A share that does not open costs a second, on purpose.
        var shares = File.ReadAllText(Path.Combine(vectors, "ssv-keyshares-4of3", "ssv-signer-add-request.json"));
        yield return new("ssv", Listener.MutualTls, "POST", "/v1/validators", Utf8(shares));
    }

    private static IEnumerable<RequestSeed> Management()
    {
        foreach (
            var path in (string[])
                [
                    "/api/v1/eth2/publicKeys",
                    "/api/v1/eth2/highWatermark",
                    "/upcheck",
                    "/healthcheck",
                    "/reload",
                    "/attestation?nonce=00112233445566778899aabbccddeeff",
                    "/openapi/eth2.json",
                ]
        )
        {
            yield return new("management", Listener.MutualTls, "GET", path, [])
            {
                Refusals = path.StartsWith("/attestation", StringComparison.Ordinal) ? ["tpm_unreachable"] : [],
            };
        }

        yield return new("management", Listener.MutualTls, "POST", "/attestation/credential", Utf8("{\"credential\":\"00\"}"))
        {
            Refusals = ["challenge_malformed"],
        };
        foreach (var path in (string[])["/metrics", "/healthcheck", "/upcheck", "/reload", "/attestation"])
        {
            yield return new("operations", Listener.Operations, "GET", path, [])
            {
                Refusals = path == "/attestation" ? ["certificate_required"] : [],
            };
        }

        yield return new("operations", Listener.Operations, "POST", "/attestation/credential", Utf8("{}"))
        {
            Refusals = ["certificate_required"],
        };
    }

    private static IEnumerable<RequestSeed> Control(FuzzedSigner signer)
    {
        yield return new("control", Listener.Control, "GET", "/control/v1/slashing", []);
        yield return new("control", Listener.Control, "GET", "/control/v1/rollback-protection", []);
        var folder = signer.Home.Beside("brought");
        KeystoreWriter.WriteNew(folder, 1, SignerHome.Password);
        var order = new JsonObject
        {
            ["names"] = new JsonArray("keystore"),
            ["labels"] = new JsonArray("keystore"),
            ["keystores"] = new JsonArray((JsonNode)File.ReadAllText(Path.Combine(folder, "keystore-0.json"))),
            ["passwords"] = new JsonArray((JsonNode)SignerHome.Password),
        };
        yield return new("control", Listener.Control, "POST", "/control/v1/keys", Utf8(order.ToJsonString()));
        yield return new(
            "control",
            Listener.Control,
            "POST",
            "/control/v1/keys/evaluate",
            Utf8($"{{\"keys\":[{{\"publicKey\":\"{Unknown}\",\"label\":\"a\"}}],\"neverSigned\":true,\"history\":null}}")
        );
        yield return new("control", Listener.Control, "POST", "/control/v1/slashing/export?by=both&to=/nowhere", []);

        // What these name is not there.
        string[] conflict = ["conflict"];
        yield return new("control", Listener.Control, "GET", $"/control/v1/audit?segment={signer.Home.Beside("no-segment")}", [])
        {
            Refusals = conflict,
        };
        yield return new(
            "control",
            Listener.Control,
            "POST",
            "/control/v1/clusters",
            Utf8($"{{\"lock\":\"{signer.Home.Beside("no-lock")}\",\"node\":\"{signer.Home.Beside("no-node")}\",\"neverSigned\":true}}")
        )
        {
            Refusals = conflict,
        };
        yield return new(
            "control",
            Listener.Control,
            "POST",
            "/control/v1/clusters/bind",
            Utf8($"{{\"node\":\"{signer.Home.Beside("no-node")}\"}}")
        )
        {
            Refusals = conflict,
        };
        yield return new("control", Listener.Control, "DELETE", $"/control/v1/keys/{Unknown}", []) { Refusals = conflict };
    }

    // Duties of the present and of long ago, such as a client of hoodi sends them.
    private static IEnumerable<string> Own(FuzzedSigner signer)
    {
        var slot = ((ulong)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - _hoodi.GenesisTime!.Value) / _hoodi.SecondsPerSlot;
        var (epoch, root, signature) = (slot / 32, $"0x{new string('c', 64)}", $"0x{new string('b', 192)}");
        var fork =
            $"\"fork_info\":{{\"fork\":{{\"previous_version\":\"0x60000910\",\"current_version\":\"0x70000910\","
            + $"\"epoch\":\"50688\"}},\"genesis_validators_root\":\"{_hoodi.GenesisValidatorsRoot}\"}}";
        var vote =
            $"{{\"slot\":\"{slot}\",\"index\":\"0\",\"beacon_block_root\":\"{root}\",\"source\":{{\"epoch\":\"{epoch - 1}\","
            + $"\"root\":\"{root}\"}},\"target\":{{\"epoch\":\"{epoch}\",\"root\":\"{root}\"}}}}";
        yield return $"{{\"type\":\"ATTESTATION\",{fork},\"attestation\":{vote}}}";
        yield return $"{{\"type\":\"BLOCK_V2\",{fork},\"beacon_block\":{{\"version\":\"FULU\",\"block_header\":{{\"slot\":\"{slot}\","
            + $"\"proposer_index\":\"5\",\"parent_root\":\"{root}\",\"state_root\":\"{root}\",\"body_root\":\"{root}\"}}}}}}";
        yield return $"{{\"type\":\"RANDAO_REVEAL\",{fork},\"randao_reveal\":{{\"epoch\":\"{epoch}\"}}}}";
        yield return $"{{\"type\":\"AGGREGATION_SLOT\",{fork},\"aggregation_slot\":{{\"slot\":\"{slot}\"}}}}";
        yield return $"{{\"type\":\"SYNC_COMMITTEE_MESSAGE\",{fork},\"sync_committee_message\":{{\"slot\":\"{slot}\","
            + $"\"beacon_block_root\":\"{root}\"}}}}";
        yield return $"{{\"type\":\"SYNC_COMMITTEE_SELECTION_PROOF\",{fork},\"sync_aggregator_selection_data\":{{\"slot\":\"{slot}\","
            + "\"subcommittee_index\":\"2\"}}";
        yield return $"{{\"type\":\"SYNC_COMMITTEE_CONTRIBUTION_AND_PROOF\",{fork},"
            + $"\"contribution_and_proof\":{{\"aggregator_index\":\"7\",\"contribution\":{{\"slot\":\"{slot}\","
            + $"\"beacon_block_root\":\"{root}\",\"subcommittee_index\":\"1\","
            + $"\"aggregation_bits\":\"0x{new string('5', 32)}\",\"signature\":\"{signature}\"}},"
            + $"\"selection_proof\":\"{signature}\"}}}}";
        yield return $"{{\"type\":\"AGGREGATE_AND_PROOF_V2\",{fork},\"aggregate_and_proof\":{{\"version\":\"FULU\","
            + $"\"data\":{{\"aggregator_index\":\"9\",\"aggregate\":{{\"aggregation_bits\":\"0xff01\",\"data\":{vote},"
            + $"\"signature\":\"{signature}\",\"committee_bits\":\"0x0100000000000000\"}},"
            + $"\"selection_proof\":\"{signature}\"}}}}}}";
        yield return $"{{\"type\":\"VOLUNTARY_EXIT\",{fork},\"voluntary_exit\":{{\"epoch\":\"{epoch}\",\"validator_index\":\"5\"}}}}";
        yield return $"{{\"type\":\"VALIDATOR_REGISTRATION\",\"validator_registration\":{{\"fee_recipient\":\"{OwnFeeRecipient}\","
            + $"\"gas_limit\":\"30000000\",\"timestamp\":\"1700000000\",\"pubkey\":\"{signer.Key}\"}}}}";
        yield return $"{{\"type\":\"DEPOSIT\",\"deposit\":{{\"pubkey\":\"{signer.Key}\",\"withdrawal_credentials\":\"{root}\","
            + "\"amount\":\"32000000000\",\"genesis_fork_version\":\"0x10000910\"}}";
    }

    // Of another chain: told that they are of hoodi, so that they come further than the first check.
    private static IEnumerable<string> Vectors(string folder)
    {
        foreach (
            var file in Directory
                .EnumerateFiles(Path.Combine(folder, "sign-requests", "mainnet"), "*.json")
                .Order(StringComparer.Ordinal)
                .Where(file => IsOfHoodi(Path.GetFileName(file)))
        )
        {
            if (
                JsonNode.Parse(File.ReadAllText(file)) is JsonObject set
                && set["vectors"] is JsonArray { Count: > 0 } vectors
                && vectors[0]!["request"] is JsonObject request
                && !IsWholeBlock(request)
            )
            {
                if (request["fork_info"] is JsonObject fork)
                {
                    fork["genesis_validators_root"] = _hoodi.GenesisValidatorsRoot.ToString();
                }

                request.Remove("signingRoot");
                request.Remove("signing_root");

                yield return request.ToJsonString();
            }
        }
    }

    // At their slots hoodi has the aggregates of Electra, which are others; and a change of credentials is nothing that is signed here.
    private static bool IsOfHoodi(string file) =>
        !file.StartsWith("BLS_TO_EXECUTION_CHANGE", StringComparison.Ordinal)
        && (
            !file.StartsWith("AGGREGATE_AND_PROOF", StringComparison.Ordinal)
            || file.Contains(".electra", StringComparison.Ordinal)
            || file.Contains(".fulu", StringComparison.Ordinal)
        );

    // Of a block with its body the oracle does not know the root.
    private static bool IsWholeBlock(JsonObject request) => request["block"] is not null || request["beacon_block"]?["block"] is not null;

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
