using System.Text.Json.Serialization;
using RemoteSigner.Host.Connect;
using RemoteSigner.Host.Control;
using RemoteSigner.Sealing;

namespace RemoteSigner.Host.Cli;

/// <summary>JSON output of the verbs, ahead of time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(RegistrationReport))]
[JsonSerializable(typeof(IReadOnlyList<KeyLine>))]
[JsonSerializable(typeof(DryRun))]
[JsonSerializable(typeof(IReadOnlyList<ValidatorLine>))]
[JsonSerializable(typeof(IReadOnlyList<ImportLine>))]
[JsonSerializable(typeof(IReadOnlyList<PruneLine>))]
[JsonSerializable(typeof(SealLine))]
[JsonSerializable(typeof(RekeyLine))]
[JsonSerializable(typeof(AuditLine))]
[JsonSerializable(typeof(RollbackProtectionLine))]
[JsonSerializable(typeof(EvidenceLine))]
[JsonSerializable(typeof(TpmProvisionLine))]
[JsonSerializable(typeof(TpmStatusLine))]
[JsonSerializable(typeof(TpmApprovalLine))]
[JsonSerializable(typeof(ClusterLine))]
[JsonSerializable(typeof(ClusterImportLine))]
[JsonSerializable(typeof(IReadOnlyList<HeldClusterLine>))]
[JsonSerializable(typeof(ShownCluster))]
[JsonSerializable(typeof(NimbusKeystore))]
[JsonSerializable(typeof(PolicyLine))]
[JsonSerializable(typeof(KeysharesLine))]
[JsonSerializable(typeof(OperatorLine))]
[JsonSerializable(typeof(IReadOnlyList<SignerCheck>))]
[JsonSerializable(typeof(IReadOnlyList<TlsLine>))]
[JsonSerializable(typeof(PartialsLine))]
internal sealed partial class CliContext : JsonSerializerContext;

/// <summary>A validator as <c>slashing import</c> prints it.</summary>
internal sealed record ImportLine(
    string PublicKey,
    bool Active,
    long BlocksRead,
    long BlocksNew,
    long AttestationsRead,
    long AttestationsNew,
    string? LowestSlot,
    string? LowestSource,
    string? LowestTarget
);

/// <summary>A vault as <c>seal status</c> prints it.</summary>
/// <param name="Protection">Empty where there is no <c>signer.json</c> to say which hardware it is.</param>
internal sealed record SealLine(
    string VaultId,
    ulong Generation,
    int Shares,
    IReadOnlyList<SealLine.Slot> Slots,
    bool Authenticated,
    IReadOnlyList<ProtectionLine> Protection
)
{
    internal sealed record Slot(string Type, string KeyId, string Label);
}
