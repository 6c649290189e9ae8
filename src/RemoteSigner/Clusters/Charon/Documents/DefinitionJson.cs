using System.Collections.Immutable;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters.Charon;

/// <summary>
/// Reads the members of a definition as its version has them; the bounds are those of the hashed types (see the room's README).
/// </summary>
internal static class DefinitionJson
{
    public const int MaxOperators = 256;
    public const int MaxValidators = 65536;
    public const int MaxDepositAmounts = 256;

    private const int MaxSignatures = 32;

    public static ClusterDefinition Read(JsonMembers members)
    {
        var version = ClusterJson.Version(members);
        members.IsBase64 = version.IsBase64;
        return new()
        {
            Version = version,
            Name = members.Text("name", DefinitionHash.MaxName, optional: true),
            Uuid = members.Text("uuid", DefinitionHash.MaxUuid),
            Timestamp = members.Text("timestamp", DefinitionHash.MaxTimestamp, optional: true),
            NumValidators = members.Number("num_validators", 1, MaxValidators),
            Threshold = members.Number("threshold", 0, int.MaxValue),
            DkgAlgorithm = members.Text("dkg_algorithm", DefinitionHash.MaxDkgAlgorithm),
            ForkVersion = ReadForkVersion(members),
            Operators = members.Objects("operators", MaxOperators, member => ReadOperator(member, version)),
            Creator = version.HasCreator ? members.Object("creator", creator => ReadCreator(creator, version)) : null,
            ValidatorAddresses = version.HasAddressesPerValidator
                ? members.Objects("validators", MaxValidators, ReadAddresses)
                : [ReadSingleAddresses(members)],
            DepositAmounts = version.HasDepositAmounts ? members.GweiList("deposit_amounts", MaxDepositAmounts) : [],
            ConsensusProtocol = version.HasConsensusProtocol ? members.Text("consensus_protocol", DefinitionHash.MaxConsensusProtocol) : "",
            TargetGasLimit = version.HasGasLimit ? members.Number("target_gas_limit") : 0,
            Compounding = version.HasGasLimit && members.Flag("compounding"),
            ConfigHash = new Root(members.Bytes("config_hash", Root.Length)),
            DefinitionHash = new Root(members.Bytes("definition_hash", Root.Length)),
        };
    }

    // The one byte string that was hexadecimal from the first version on.
    private static ForkVersion ReadForkVersion(JsonMembers members)
    {
        const int Longest = 10;
        var text = members.Text("fork_version", Longest);
        return text.StartsWith("0x", StringComparison.Ordinal) && ForkVersion.TryParse(text, out var version)
            ? version
            : throw members.Malformed("fork_version", "is not 4 bytes of hex with 0x");
    }

    private static ClusterOperator ReadOperator(JsonMembers members, ClusterVersion version)
    {
        if (version.IsBase64)
        {
            members.Number("nonce", 0, 0);
        }

        return new(
            members.Address("address"),
            members.Text("enr", DefinitionHash.MaxEnr),
            ReadSignature(members, "config_signature", version),
            ReadSignature(members, "enr_signature", version)
        );
    }

    private static ClusterCreator ReadCreator(JsonMembers members, ClusterVersion version) =>
        new(members.Address("address"), ReadSignature(members, "config_signature", version));

    // Hashes up to v1.10 pad a short signature on the left: only 65 bytes or none are told apart from others by them.
    private static ImmutableArray<byte> ReadSignature(JsonMembers members, string name, ClusterVersion version)
    {
        var most = version.HasSignatureLists ? MaxSignatures : 1;
        var signature = members.BytesUpTo(name, most * Secp256k1.RecoverableLength);
        return signature.Length % Secp256k1.RecoverableLength == 0
            ? [.. signature]
            : throw members.Malformed(name, "is not a multiple of 65 bytes");
    }

    private static ValidatorAddresses ReadAddresses(JsonMembers members) =>
        new(members.Address("fee_recipient_address"), members.Address("withdrawal_address"));

    // Old hashes leave out what is empty, so that one address alone could be either. Charon wrote files without a fee recipient, never
    // without the other.
    private static ValidatorAddresses ReadSingleAddresses(JsonMembers members)
    {
        var addresses = new ValidatorAddresses(
            members.Address("fee_recipient_address", optional: true),
            members.Address("withdrawal_address", optional: true)
        );
        return addresses is { FeeRecipient.Length: > 0, Withdrawal.Length: 0 }
            ? throw members.Malformed("withdrawal_address", "is missing beside fee_recipient_address")
            : addresses;
    }
}
