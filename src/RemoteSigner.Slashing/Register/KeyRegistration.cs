namespace RemoteSigner.Slashing;

/// <summary>Keys that come in together, all or none, each with what is stated about its history.</summary>
public sealed record KeyRegistration(IReadOnlyCollection<(ProtectedKey Key, DeclaredHistory LowWatermark)> Keys)
{
    /// <summary>
    /// Those of <see cref="Keys"/> that leave the group under which they were registered, because it was the wrong one: their history goes
    /// with them, and the group keeps a copy.
    /// </summary>
    public IReadOnlyCollection<Spec.BlsPublicKey> Regrouped { get; init; } = [];

    /// <summary>
    /// Parked and exported keys that come back with the others, by the same <see cref="KeyTurn"/>: their history goes on, under the low
    /// watermarks of <see cref="From"/> where there are any.
    /// </summary>
    public IReadOnlyCollection<Spec.BlsPublicKey> Returning { get; init; } = [];

    /// <summary>An EIP-3076 interchange file that is taken over first; null for none.</summary>
    public Stream? History { get; init; }

    /// <summary>What <see cref="History"/> may say.</summary>
    public ImportTerms Terms { get; init; } = new(InterchangeReading.LowWatermarksAtLowest);

    /// <summary>The low watermarks of keys that come in <see cref="DeclaredHistory.FromNow"/>.</summary>
    public StartingPoint? From { get; init; }
}
