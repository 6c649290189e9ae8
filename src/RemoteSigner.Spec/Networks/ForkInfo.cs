namespace RemoteSigner.Spec;

/// <summary>
/// The <c>fork_info</c> of a sign request: both fork versions, the epoch from which the current one holds, and the chain's genesis
/// validators root.
/// </summary>
public sealed record ForkInfo(ForkVersion PreviousVersion, ForkVersion CurrentVersion, Epoch Epoch, Root GenesisValidatorsRoot)
{
    /// <summary>
    /// The fork version that holds at <paramref name="epoch"/>, as the request states it (consensus-specs <c>get_domain</c>).
    /// </summary>
    public ForkVersion VersionAt(Epoch epoch) => epoch < Epoch ? PreviousVersion : CurrentVersion;

    /// <summary>The domain for a message of <paramref name="epoch"/> (consensus-specs <c>get_domain</c>).</summary>
    public Domain GetDomain(DomainType type, Epoch epoch) => Domain.Compute(type, VersionAt(epoch), GenesisValidatorsRoot);
}
