using System.Collections.Immutable;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters.Charon;

/// <summary>Reads the members of a lock as its definition's version has them.</summary>
internal static class LockJson
{
    public const string Definition = "cluster_definition";

    public static ClusterLock Read(JsonMembers members)
    {
        var definition = members.Object(Definition, DefinitionJson.Read);
        var version = definition.Version;
        members.IsBase64 = version.IsBase64;
        return new()
        {
            Definition = definition,
            Validators = members.Objects("distributed_validators", DefinitionJson.MaxValidators, validator =>
                ReadValidator(validator, version)
            ),
            SignatureAggregate = [.. members.BytesUpTo("signature_aggregate", BlsSignature.Length)],
            LockHash = new Root(members.Bytes("lock_hash", Root.Length)),
            NodeSignatures = version.HasRegistrations
                ?
                [
                    .. members
                        .BytesList("node_signatures", DefinitionJson.MaxOperators, 0, Secp256k1.RecoverableLength)
                        .Select(ImmutableArray.Create<byte>),
                ]
                : [],
        };
    }

    private static ClusterValidator ReadValidator(JsonMembers members, ClusterVersion version)
    {
        if (!version.HasDeposits && members.Text("fee_recipient_address", 0, optional: true).Length > 0)
        {
            throw members.Malformed("fee_recipient_address", "is not empty");
        }

        return new()
        {
            GroupKey = ReadGroupKey(members),
            PublicShares =
            [
                .. members
                    .BytesList("public_shares", DefinitionJson.MaxOperators, BlsPublicKey.Length, BlsPublicKey.Length, optional: true)
                    .Select(share => new BlsPublicKey(share)),
            ],
            Deposits = ReadDeposits(members, version),
            Registration = version.HasRegistrations ? members.Object("builder_registration", ReadRegistration) : null,
        };
    }

    // Hexadecimal from the first version on, unlike the shares beside it.
    private static BlsPublicKey ReadGroupKey(JsonMembers members)
    {
        const string Name = "distributed_public_key";
        const int Longest = 98;
        var text = members.Text(Name, Longest);
        return text.StartsWith("0x", StringComparison.Ordinal) && BlsPublicKey.TryParse(text, out var key)
            ? key
            : throw members.Malformed(Name, "is not 48 bytes of hex with 0x");
    }

    private static ImmutableArray<SignedDeposit> ReadDeposits(JsonMembers members, ClusterVersion version) =>
        version switch
        {
            { HasDepositAmounts: true } => members.Objects(
                "partial_deposit_data",
                DefinitionJson.MaxDepositAmounts,
                ReadDeposit,
                optional: true
            ),
            { HasDeposits: true } => members.Object("deposit_data", ReadSingleDeposit),
            _ => [],
        };

    // Clusters that one person made with an early Charon have a deposit of empty members: none.
    private static ImmutableArray<SignedDeposit> ReadSingleDeposit(JsonMembers members)
    {
        if (members.BytesUpTo("pubkey", BlsPublicKey.Length).Length > 0)
        {
            return [ReadDeposit(members)];
        }

        members.Bytes("withdrawal_credentials", 0);
        members.Bytes("signature", 0);
        return members.Gwei("amount") == 0 ? [] : throw members.Malformed("amount", "is not 0 in a deposit for no key");
    }

    private static SignedDeposit ReadDeposit(JsonMembers members) =>
        new(
            new BlsPublicKey(members.Bytes("pubkey", BlsPublicKey.Length)),
            new Root(members.Bytes("withdrawal_credentials", Root.Length)),
            members.Gwei("amount"),
            new BlsSignature(members.Bytes("signature", BlsSignature.Length))
        );

    private static SignedRegistration ReadRegistration(JsonMembers members) =>
        new(members.Object("message", ReadMessage), new BlsSignature(members.Bytes("signature", BlsSignature.Length)));

    private static ValidatorRegistration ReadMessage(JsonMembers members) =>
        new(
            new ExecutionAddress(members.Bytes("fee_recipient", ExecutionAddress.Length)),
            members.Number("gas_limit"),
            members.Number("timestamp"),
            new BlsPublicKey(members.Bytes("pubkey", BlsPublicKey.Length))
        );
}
