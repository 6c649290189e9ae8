using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Clusters;

/// <summary>Writes a lock as Charon of its version does.</summary>
internal static class LockJsonWriter
{
    public static byte[] Write(ClusterLock cluster) => Encoding.UTF8.GetBytes(Node(cluster).ToJsonString());

    public static JsonObject Node(ClusterLock cluster)
    {
        var version = cluster.Definition.Version;
        var file = new JsonObject
        {
            ["cluster_definition"] = Definition(cluster.Definition),
            ["distributed_validators"] = Array(cluster.Validators, validator => Validator(version, validator)),
            ["signature_aggregate"] = Text(version, cluster.SignatureAggregate.AsSpan()),
            ["lock_hash"] = Text(version, cluster.LockHash.Bytes),
        };
        if (version.HasRegistrations)
        {
            file["node_signatures"] = Array(cluster.NodeSignatures, signature => Text(version, signature.AsSpan()));
        }

        return file;
    }

    public static JsonObject Definition(ClusterDefinition definition)
    {
        var version = definition.Version;
        var file = new JsonObject
        {
            ["name"] = definition.Name,
            ["operators"] = Array(definition.Operators, member => Operator(version, member)),
            ["uuid"] = definition.Uuid,
            ["version"] = version.ToString(),
            ["timestamp"] = definition.Timestamp,
            ["num_validators"] = definition.NumValidators,
            ["threshold"] = definition.Threshold,
            ["dkg_algorithm"] = definition.DkgAlgorithm,
            ["fork_version"] = definition.ForkVersion.ToString(),
            ["config_hash"] = Text(version, definition.ConfigHash.Bytes),
            ["definition_hash"] = Text(version, definition.DefinitionHash.Bytes),
        };
        AddAddresses(file, definition);
        if (definition.Creator is { } creator)
        {
            file["creator"] = new JsonObject
            {
                ["address"] = creator.Address,
                ["config_signature"] = Text(version, creator.ConfigSignature.AsSpan()),
            };
        }

        if (version.HasDepositAmounts)
        {
            file["deposit_amounts"] = definition.DepositAmounts.IsEmpty
                ? null
                : Array(definition.DepositAmounts, amount => amount.ToString());
        }

        if (version.HasConsensusProtocol)
        {
            file["consensus_protocol"] = definition.ConsensusProtocol;
        }

        if (version.HasGasLimit)
        {
            (file["target_gas_limit"], file["compounding"]) = (definition.TargetGasLimit, definition.Compounding);
        }

        return file;
    }

    private static void AddAddresses(JsonObject file, ClusterDefinition definition)
    {
        if (definition.Version.HasAddressesPerValidator)
        {
            file["validators"] = Array(definition.ValidatorAddresses, Addresses);
            return;
        }

        foreach (var (name, address) in Addresses(definition.ValidatorAddresses[0]).ToList())
        {
            file[name] = address!.DeepClone();
        }
    }

    private static JsonObject Addresses(ValidatorAddresses addresses) =>
        new() { ["fee_recipient_address"] = addresses.FeeRecipient, ["withdrawal_address"] = addresses.Withdrawal };

    private static JsonObject Operator(ClusterVersion version, ClusterOperator member)
    {
        var json = new JsonObject
        {
            ["address"] = member.Address,
            ["enr"] = member.Enr,
            ["config_signature"] = Text(version, member.ConfigSignature.AsSpan()),
            ["enr_signature"] = Text(version, member.EnrSignature.AsSpan()),
        };
        if (version.IsBase64)
        {
            json["nonce"] = 0;
        }

        return json;
    }

    private static JsonObject Validator(ClusterVersion version, ClusterValidator validator)
    {
        var json = new JsonObject
        {
            ["distributed_public_key"] = validator.GroupKey.ToString(),
            ["public_shares"] = Array(validator.PublicShares, share => Text(version, share.Bytes)),
        };
        if (version.HasDepositAmounts)
        {
            json["partial_deposit_data"] = Array(validator.Deposits, Deposit);
        }
        else if (version.HasDeposits)
        {
            json["deposit_data"] = Deposit(validator.Deposits[0]);
        }

        if (validator.Registration is { } registration)
        {
            json["builder_registration"] = new JsonObject
            {
                ["message"] = Message(registration.Message),
                ["signature"] = registration.Signature.ToString(),
            };
        }

        return json;
    }

    private static JsonObject Message(ValidatorRegistration message) =>
        new()
        {
            ["fee_recipient"] = message.FeeRecipient.ToString(),
            ["gas_limit"] = message.GasLimit,
            ["timestamp"] = message.Timestamp,
            ["pubkey"] = message.PublicKey.ToString(),
        };

    private static JsonObject Deposit(SignedDeposit deposit) =>
        new()
        {
            ["pubkey"] = deposit.PublicKey.ToString(),
            ["withdrawal_credentials"] = deposit.WithdrawalCredentials.ToString(),
            ["amount"] = deposit.Amount.ToString(),
            ["signature"] = deposit.Signature.ToString(),
        };

    private static string Text(ClusterVersion version, ReadOnlySpan<byte> bytes) =>
        bytes.IsEmpty ? ""
        : version.IsBase64 ? Convert.ToBase64String(bytes)
        : Hex.Format(bytes);

    private static JsonArray Array<T>(ImmutableArray<T> items, Func<T, JsonNode?> write) => [.. items.Select(write)];
}
