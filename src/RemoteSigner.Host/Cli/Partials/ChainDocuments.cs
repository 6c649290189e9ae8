using System.Text.Json.Serialization;

namespace RemoteSigner.Host.Cli;

/// <summary>A signed exit as beacon nodes take it, and <c>charon exit broadcast --exit-from-file</c>.</summary>
internal sealed record SignedExitDocument(SignedExitDocument.Exit Message, string Signature)
{
    internal sealed record Exit(string Epoch, string ValidatorIndex);
}

/// <summary>
/// A signed registration as the builder API takes it in a list, and Charon in its overrides file with a version around it.
/// </summary>
internal sealed record SignedRegistrationDocument(SignedRegistrationDocument.Registration Message, string Signature)
{
    internal sealed record Registration(string FeeRecipient, string GasLimit, string Timestamp, string Pubkey);
}

/// <summary>One entry of Charon's <c>builder_registrations_overrides.json</c>.</summary>
internal sealed record RegistrationOverrideDocument(string Version, SignedRegistrationDocument V1);

/// <summary>One entry of the deposit data that staking launchpads take: hex without 0x, the amount in Gwei.</summary>
internal sealed record DepositDataDocument(
    string Pubkey,
    string WithdrawalCredentials,
    ulong Amount,
    string Signature,
    string DepositMessageRoot,
    string DepositDataRoot,
    string ForkVersion,
    string NetworkName,
    string DepositCliVersion
);

/// <summary>Serialisation of what others read, in the members' order and names that they expect.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(SignedExitDocument))]
[JsonSerializable(typeof(IReadOnlyList<SignedRegistrationDocument>))]
[JsonSerializable(typeof(IReadOnlyList<RegistrationOverrideDocument>))]
[JsonSerializable(typeof(IReadOnlyList<DepositDataDocument>))]
internal sealed partial class ChainContext : JsonSerializerContext;
