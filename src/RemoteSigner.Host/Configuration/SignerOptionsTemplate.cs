using System.Text;
using System.Text.Json;

namespace RemoteSigner.Host.Configuration;

/// <summary>Writes the first <c>signer.json</c>: every setting with its unit, its default and the reason for it.</summary>
internal static class SignerOptionsTemplate
{
    public static string Write(SignerOptions options)
    {
        var text = new StringBuilder();
        text.Append(
            $$"""
            // The configuration of one signer. Paths are relative to this file's folder. After a change: restart, or for the
            // entries under "tls", "clients" and "distributed" and the host allow lists reload ('systemctl reload remote-signer', SIGHUP,
            // or POST /reload): all of them or, where one is at fault, none; GET /reload names what wants a restart.
            {
              "network": {
                // mainnet, hoodi, sepolia, gnosis, chiado, minimal, or the path of a consensus config.yaml
                "name": {{Quote(options.Network.Name)}},
                // A YAML file with the lines NAME_FORK_VERSION and NAME_FORK_EPOCH of forks that are not built in, or not with their epoch:
                // a fork whose date becomes known needs no new release. null: there is none
                "forks": {{Quote(options.Network.Forks)}},
                // Unix seconds; null takes the built-in genesis time
                "genesisTime": {{options.Network.GenesisTime?.ToString() ?? "null"}},
                // The genesis validators root of the network, which names the chain: 0x and 64 hexadecimal digits, as a beacon node has it
                // at /eth/v1/beacon/genesis; null takes the built-in one
                "genesisValidatorsRoot": {{Quote(options.Network.GenesisValidatorsRoot)}},
                // One signature with a far-future target epoch would keep a validator from voting for ever: such duties are refused
                "slotWindow": { "enabled": {{Bool(
                options.Network.SlotWindow.Enabled
            )}}, "slotsAhead": {{options.Network.SlotWindow.SlotsAhead}}, "epochsAhead": {{options.Network.SlotWindow.EpochsAhead}} }
              },
              "seal": {
                // Name of a built-in HSM profile, the path of a profile file, or "tpm": then the section "tpm" counts, and nothing below
                "profile": {{Quote(options.Seal.Profile)}},
                // Path of the PKCS#11 module; null takes the profile's
                "module": {{Quote(options.Seal.Module)}},
                // Label of the token, its serial number where several have that label (else null), and the label of the key-encryption key
                // in it
                "token": {{Quote(options.Seal.Token)}},
                "serial": {{Quote(options.Seal.Serial)}},
                "key": {{Quote(options.Seal.Key)}},
                // Where the PIN comes from: "file", "credential" (systemd LoadCredential=) or "environment" (readable by root and by
                // the same user); none of them asks at the terminal. A PIN that the token refuses is never tried again by itself
                "pin": { {{Pin(options.Seal.Pin)}} }
              },
              "tpm": {
                // device:/dev/tpmrm0, swtpm:host=127.0.0.1,port=2321 or swtpm:path=/run/tpm/sock
                "address": {{Quote(options.Tpm.Address)}},
                // PCRs (SHA-256 bank) that say which firmware runs: 7 is Secure Boot; add 11 where a unified kernel image measures itself
                "pcrs": [{{string.Join(", ", options.Tpm.Pcrs)}}],
                // Only for a slot that wants a PIN: "file", "credential" or "environment" as above; none asks at the terminal
                "pin": { {{Pin(options.Tpm.Pin)}} },
                // File with the owner hierarchy's authorization value, if it has one; needed for provisioning alone, so keep it elsewhere
                "ownerAuthFile": {{Quote(options.Tpm.OwnerAuthFile)}}
              },
              "rollbackProtection": {
                // What notices that an old copy of this folder was put back: "tpm" keeps a counter and a record in the TPM, "token" an
                // object in the token above, written about every 51 minutes and at start and stop; "none" leaves it unnoticed. Change it
                // only together with 'remote-signer rollback-protection'
                "anchor": {{Quote(options.Anchor)}},
                // What /healthcheck says while low watermarks refuse blocks or votes after a crash or a restore: "degraded" (200, status
                // DEGRADED) or "down" (503). Which low watermarks, and what ends them, stands in its rollback-protection-check
                "lowWatermarksHealth": {{Quote(options.RollbackProtection.LowWatermarksHealth)}}
              },
              "api": {
                // Address and port that sign, with mutual TLS
                "listen": {{Quote(options.Api.Listen)}},
                // Host names a request may be addressed to; "*" allows every one
                "hostAllowlist": {{List(options.Api.HostAllowlist)}},
                // Seconds an idle connection is kept: longer than a slot, so that the next duty finds it open
                "keepAliveSeconds": {{options.Api.KeepAliveSeconds}},
                // Bytes of the largest request, but for keystores (keymanager.maxBodyBytes) and execution payload envelopes, which may have
                // 24 MiB whatever stands here
                "maxBodyBytes": {{options.Api.MaxBodyBytes}},
                // Without TLS, for one named client on this machine: { "9002": "lodestar" } or { "/run/remote-signer/api.sock": "charon" }
                "loopbackHttp": {}
              },
              "operations": {
                // Health and metrics. Nothing is signed here
                "listen": {{Quote(options.Operations.Listen)}},
                // false: plain HTTP, to be kept on loopback or behind the firewall; true: mutual TLS, with the certificate and the clients
                // of the API
                "tls": {{Bool(options.Operations.Tls)}},
                "hostAllowlist": {{List(options.Operations.HostAllowlist)}}
              },
              "keymanager": {
                // Keys come in and go here, at /eth/v1/keystores. It is off until 'remote-signer keymanager token' has made this file, and
                // for every client without "manageKeys": true
                "tokenFile": {{Quote(options.Keymanager.TokenFile)}},
                // MiB lent to opening keystores; scrypt takes 256 for each at a time
                "memoryMib": {{options.Keymanager.MemoryMib}},
                // Bytes of the largest request: a thousand keystores have 2 MB, their slashing history comes along
                "maxBodyBytes": {{options.Keymanager.MaxBodyBytes}}
              },
              "ssv": {
                // SSV networks that the operator's key speaks in; null: that of "network". 0x00000001 is mainnet
                "domains": null,
                // any: about every validator, because a node sends shares without saying whose they are; known: about those whose keyshares
                // are here ('cluster add-lock') alone
                "validators": {{Quote(options.Ssv.Validators)}}
              },
              "distributed": {
                // For coordinators that ask at /api/v1/eth2/distributed: where this signer is for them, such as
                // "https://signer-1.example.com:9000"; null: accounts are signed for and not listed. Whole keys are accounts of one
                "endpoint": {{Quote(options.Distributed.Endpoint)}},
                // Where all participants of a cluster are, this signer too: { "0x<hash, see 'cluster list'>": { "1":
                // "https://signer-1.example.com:9000", "2": … } }
                "clusters": {},
                // Validators whose shares came without a cluster document, from a dealer: [{ "compositePublicKey": "0x…", "threshold": 2,
                // "participants": [{ "id": "1", "publicKey": "0x…", "endpoint": "https://…" }, …] }]
                "groups": []
              },
              "attestation": {
                // PCRs of the SHA-256 bank that the TPM signs at GET /attestation: 0 to 7 firmware, 8 and 9 boot loader, 11 to 13 unified
                // kernel image, 14 shim
                "pcrs": [{{string.Join(", ", options.Attestation.Pcrs)}}],
                // The firmware's event log, which is shown with them where this user may read it; null shows none
                "eventLog": {{Quote(options.Attestation.EventLog)}}
              },
              "tls": {
                // PEM, or a PKCS#12 file when "key" is null (its password is the first line of "passwordFile")
                "certificate": {{Quote(options.Tls.Certificate)}},
                "key": {{Quote(options.Tls.Key)}},
                "passwordFile": {{Quote(options.Tls.PasswordFile)}},
                // PEM bundle of the authorities whose client certificates count
                "clientAuthorities": {{Quote(options.Tls.ClientAuthorities)}},
                // Web3Signer's known-clients file: a certificate listed there counts as well
                "knownClients": {{Quote(options.Tls.KnownClients)}},
                // Certificate revocation list of the authorities, PEM or DER
                "revocationList": {{Quote(options.Tls.RevocationList)}},
                // TLS 1.3 only, unless a client cannot
                "allowTls12": {{Bool(options.Tls.AllowTls12)}}
              },
              // Who may ask, by the common name of the certificate. "duties": "everyday" is all that a validator does by itself, "all" has
              // exits and deposits too, or name Web3Signer's types; EXECUTION_PAYLOAD_BID and CLUSTER_LOCK (a signature of a proposed
              // cluster lock) must be named. "keys" takes public keys (of shares or of validators), "label:PATTERN", "cluster:PATTERN" (its
              // name or hash), "operator:ID" (SSV's id, or the share index) and "*"; * and ? in a pattern stand for any text and any
              // character, ! before a word takes away. Without "keys" a client may use every key. Who is not here may do nothing.
              // 'remote-signer policy explain CLIENT KEY DUTY' says what this comes to. "manageKeys": true lets a client bring keys in and
              // take them out (where it has "keys", these alone), with the token of "keymanager". "ssv" names the endpoints that an SSV
              // node may use: list, import, delete, sign, identity, speak, or all

            """
        );
        text.Append("  \"clients\": {\n");
        text.AppendJoin(",\n", options.Clients.Select(client => $"    {Quote(client.Key)}: {{ {Rights(client.Value)} }}"));
        text.Append(
            $$"""

              },
              "registrations": {
                // For VALIDATOR_REGISTRATION and PROPOSER_PREFERENCES. Fee recipients that builders may be told beside the one of a share's
                // cluster lock; empty: for a key without a lock, any
                "feeRecipients": {{List(options.Registrations.FeeRecipients)}},
                // Gas limits that builders may be told, both inclusive; null: no upper limit
                "minGasLimit": {{options.Registrations.MinGasLimit}},
                "maxGasLimit": {{options.Registrations.MaxGasLimit?.ToString() ?? "null"}}
              },
              "deposits": {
                // For DEPOSIT with a share of a cluster: the most that a top-up may have which is no amount of the lock, in Gwei (8 ETH:
                // 8000000000); it goes to the lock's withdrawal address all the same. 0: the lock's amounts alone
                "maxTopUpGwei": {{options.Deposits.MaxTopUpGwei}}
              },
              "ceremonies": {
                // May 'remote-signer keys export --for-ceremony' write the shares of a cluster into files, for Charon's commands that read
                // them? It takes the PIN and the recovery key, and the shares sign nothing until the ceremony has ended. Switch it on for
                // that hour
                "exportKeys": {{Bool(options.Ceremonies.ExportKeys)}}
              },
              "builder": {
                // Keys that are builders', for EXECUTION_PAYLOAD_BID (which a client must have by name) and for envelopes that were not
                // built by the proposer itself; the most that a bid may offer, in Gwei: it is taken from the builder's stake; may it
                // promise a payment beside?
                "keys": {{List(options.Builder.Keys)}},
                "maxBidGwei": {{options.Builder.MaxBidGwei}},
                "executionPayment": {{Bool(options.Builder.ExecutionPayment)}}
              },
              // A second vote about the payload of a slot that differs from the first is not slashable, and useless: "warn" signs it,
              // "refuse" does not
              "payloadVotes": {{Quote(options.PayloadVotes)}},
              // When a signature of ours is verified before it is given out, for about a millisecond: a faulty one may tell the key.
              // "suspect": the first 16 of shares that came since the start, and all of those whose hardware or memory reported an error;
              // "always"; "off"
              "verifyPartials": {{Quote(options.VerifyPartials)}},
              // What many keys sign at once, as the vote of a slot, is computed together and checked as a whole: "auto"; "portable",
              // without AVX-512; "off", each alone
              "signTogether": {{Quote(options.SignTogether)}},
              "slashing": {
                // Epochs of history kept in full behind each validator's newest (32 slots each for blocks); what is older becomes a low
                // watermark. 0 keeps all
                "keepEpochs": {{options.Slashing.KeepEpochs}},
                "pruneEveryHours": {{options.Slashing.PruneEveryHours}}
              },
              "log": {
                // console for people, json for machines; trace, debug, information, warning or error
                "format": {{Quote(options.Log.Format)}},
                "level": {{Quote(options.Log.Level)}}
              }
            }

            """
        );
        return text.ToString();
    }

    private static string Quote(string? value) => value is null ? "null" : $"\"{JsonEncodedText.Encode(value)}\"";

    private static string Bool(bool value) => value ? "true" : "false";

    private static string List(IEnumerable<string> values) => $"[{string.Join(", ", values.Select(Quote))}]";

    private static string Rights(ClientOptions client) =>
        string.Join(
            ", ",
            new[]
            {
                $"\"duties\": {List(client.Duties)}",
                client.Keys is { } keys ? $"\"keys\": {List(keys)}" : "",
                client.ManageKeys ? "\"manageKeys\": true" : "",
                client.Ssv.Count > 0 ? $"\"ssv\": {List(client.Ssv)}" : "",
            }.Where(right => right.Length > 0)
        );

    private static string Pin(PinOptions pin) =>
        pin switch
        {
            { File: { } file } => $"\"file\": {Quote(file)}",
            { Credential: { } credential } => $"\"credential\": {Quote(credential)}",
            { Environment: { } variable } => $"\"environment\": {Quote(variable)}",
            _ => "",
        };
}
