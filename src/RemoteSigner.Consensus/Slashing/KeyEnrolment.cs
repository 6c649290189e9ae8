namespace RemoteSigner.Consensus.Slashing;

/// <summary>Keys that come in together, all or none, each with what is stated about its history.</summary>
public sealed record KeyEnrolment(IReadOnlyCollection<(ProtectedKey Key, SlashingFloor Floor)> Keys)
{
    /// <summary>Keys that these take the place of: retired in the same transaction, with their history where it is.</summary>
    public IReadOnlyCollection<Spec.BlsPublicKey> Replaced { get; init; } = [];

    /// <summary>An EIP-3076 interchange file that is taken over first, its floors at its lowest numbers; null for none.</summary>
    public Stream? History { get; init; }

    /// <summary>What must happen in the same transaction once all keys are registered, such as sealing them. When it throws, nothing is kept.</summary>
    public Action<LedgerTransaction>? Seal { get; init; }
}
