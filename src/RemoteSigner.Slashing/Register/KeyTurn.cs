using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>A change of which keys sign, in one step: no two shares of one validator ever sign together.</summary>
/// <param name="Arriving">Enrolled keys whose shares are sealed now.</param>
public sealed record KeyTurn(IReadOnlyCollection<BlsPublicKey> Arriving)
{
    /// <summary>Parked and exported keys that sign again.</summary>
    public IReadOnlyCollection<BlsPublicKey> Returning { get; init; } = [];

    /// <summary>Keys whose place the others take: they are parked.</summary>
    public IReadOnlyCollection<BlsPublicKey> Leaving { get; init; } = [];
}
