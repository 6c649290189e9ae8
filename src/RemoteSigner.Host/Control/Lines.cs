using System.Text.Json.Serialization;
using RemoteSigner.Sealing;

namespace RemoteSigner.Host.Control;

/// <summary>What travels over the control socket, ahead of time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SlashingStatus))]
[JsonSerializable(typeof(IReadOnlyList<PruneLine>))]
[JsonSerializable(typeof(AuditLine))]
[JsonSerializable(typeof(RollbackProtectionLine))]
[JsonSerializable(typeof(RegistrationReport))]
[JsonSerializable(typeof(RekeyOrder))]
[JsonSerializable(typeof(RekeyLine))]
[JsonSerializable(typeof(ClusterOrder))]
[JsonSerializable(typeof(ClusterImportLine))]
[JsonSerializable(typeof(ClusterReversion))]
[JsonSerializable(typeof(ExportVoided))]
[JsonSerializable(typeof(IReadOnlyList<HeldClusterLine>))]
[JsonSerializable(typeof(IReadOnlyList<KeyLine>))]
[JsonSerializable(typeof(TlsChange))]
[JsonSerializable(typeof(TlsKept))]
[JsonSerializable(typeof(ControlFault))]
[JsonSerializable(typeof(ControlCount))]
[JsonSerializable(typeof(KeysImported))]
[JsonSerializable(typeof(ImportQuestion))]
[JsonSerializable(typeof(ImportOutlook))]
internal sealed partial class ControlContext : JsonSerializerContext;

/// <summary>What <c>slashing status</c> shows. <paramref name="High"/> says where signing stops; null: nowhere.</summary>
internal sealed record SlashingStatus(IReadOnlyList<ValidatorLine> Validators, string? High);

/// <summary>Why a verb was refused, as the console prints it.</summary>
internal sealed record ControlFault(string Message, string Hint);

/// <summary>How many there are of what was asked for.</summary>
internal sealed record ControlCount(long Count);

/// <summary>
/// What <c>keys import</c> did. <paramref name="WithoutList"/>: how many of the history's entries lack one of their two lists.
/// </summary>
internal sealed record KeysImported(int Count, int WithoutList);

/// <summary>A validator as <c>slashing status</c> prints it; numbers are decimal strings as in the interchange format.</summary>
/// <param name="PublicKeys">Of its shares, or of the whole key; then its group key, where it has one.</param>
/// <param name="Keys">Those of them that may sign or might, each with its state: <c>active</c>, <c>parked</c>, <c>retired</c>, …</param>
internal sealed record ValidatorLine(
    IReadOnlyList<string> PublicKeys,
    IReadOnlyList<ValidatorKeyLine> Keys,
    long Blocks,
    string? NewestSlot,
    string? LowestSlot,
    long Attestations,
    string? NewestSource,
    string? NewestTarget,
    string? LowestSource,
    string? LowestTarget
);

/// <summary>A key of a validator with its state.</summary>
internal sealed record ValidatorKeyLine(string PublicKey, string State);

/// <summary>A validator as <c>slashing prune</c> prints it.</summary>
internal sealed record PruneLine(IReadOnlyList<string> PublicKeys, long BlocksDropped, long AttestationsDropped, string? Failure);

/// <summary>The verdict of <c>audit verify</c>.</summary>
internal sealed record AuditLine(bool Verified, long Entries, long Records, string? Head, string? Problem, long Unmatched);
