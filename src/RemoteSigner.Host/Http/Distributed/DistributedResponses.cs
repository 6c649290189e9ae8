using System.Text.Json.Serialization;

namespace RemoteSigner.Host.Http.Distributed;

/// <summary>A threshold account as the distributed profile describes it; numbers of 64 bits are decimal strings.</summary>
internal sealed record Account(
    string ParticipantId,
    string PublicKey,
    string CompositePublicKey,
    string SigningThreshold,
    IReadOnlyList<AccountParticipant> Participants
);

/// <summary>A signer of the account, and the origin it is reached at.</summary>
internal sealed record AccountParticipant(string Id, string Endpoint);

/// <summary>A participant's signature with its share; it is no signature of the validator until enough of them are combined.</summary>
internal sealed record PartialSigningResponse(string ParticipantId, string SigningRoot, string Signature);

/// <summary>Serialisation of the answers, ahead of time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(Account))]
[JsonSerializable(typeof(IReadOnlyList<Account>))]
[JsonSerializable(typeof(PartialSigningResponse))]
internal sealed partial class DistributedContext : JsonSerializerContext;
