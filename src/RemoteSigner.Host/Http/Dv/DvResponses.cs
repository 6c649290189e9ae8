using System.Text.Json.Serialization;

namespace RemoteSigner.Host.Http.Dv;

/// <summary>The validators whose shares are open here.</summary>
internal sealed record DvValidatorList(IReadOnlyList<DvValidator> Validators);

/// <summary>
/// One validator and our share of it. What the vault does not know of a share is left out; numbers of 64 bits are strings, as in the beacon
/// API.
/// </summary>
internal sealed record DvValidator(
    string GroupPubkey,
    string PublicShare,
    string? ShareIndex,
    int? Threshold,
    int? Operators,
    string? ClusterHash,
    string? ClusterName,
    string? Provenance
);

/// <summary>
/// How a sign request would end now. <paramref name="Slashable"/>: slashing protection would refuse it; a reason is given whatever would.
/// </summary>
internal sealed record DvEvaluation(bool WouldSign, bool Slashable, bool SignedBefore, string? SigningRoot, string? Reason, string? Detail);

/// <summary>The signature of the group, verified, and the shares it was made of.</summary>
internal sealed record DvCombined(string GroupPubkey, string SigningRoot, string Signature, IReadOnlyList<string> ShareIndices);

/// <summary>Why partial signatures were not combined; <paramref name="ShareIndices"/> names the culprits where there are any.</summary>
internal sealed record DvCombineError(int Code, string Message, string Reason, string Detail, IReadOnlyList<string>? ShareIndices);

/// <summary>
/// The signatures of a proposed lock by our shares, in the order of its validators. Charon sums up those of all operators to
/// <c>signature_aggregate</c>.
/// </summary>
internal sealed record DvLockSignatures(string LockHash, string ShareIndex, IReadOnlyList<DvLockPartial> Partials);

/// <summary>One share's signature of the lock hash.</summary>
internal sealed record DvLockPartial(string GroupPubkey, string PublicShare, string PartialSignature);

/// <summary>Why a lock was not signed: the checks that failed.</summary>
internal sealed record DvLockError(int Code, string Message, string Reason, string Detail, IReadOnlyList<DvFailedCheck> Checks);

/// <summary>One check of a lock, by the code that <c>cluster verify</c> gives it, and what it found.</summary>
internal sealed record DvFailedCheck(string Check, string Problem);

/// <summary>Serialisation of the answers, ahead of time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(DvValidatorList))]
[JsonSerializable(typeof(DvEvaluation))]
[JsonSerializable(typeof(DvCombined))]
[JsonSerializable(typeof(DvCombineError))]
[JsonSerializable(typeof(DvLockSignatures))]
[JsonSerializable(typeof(DvLockError))]
internal sealed partial class DvContext : JsonSerializerContext;
