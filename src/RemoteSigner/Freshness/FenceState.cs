using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Freshness;

/// <summary>How the fence stands, for health and metrics.</summary>
/// <param name="Closed">Why nothing at all is signed; null while the fence is open.</param>
/// <param name="Bounds">What may be signed without a further write of the witness; null where there is no fence or it is not open.</param>
/// <param name="Trouble">Why the witness did not take the last move; null when it did.</param>
/// <param name="Moves">How often the record was written since the start.</param>
/// <param name="IsOff">The operator chose to run without a fence.</param>
/// <param name="Rollback">Why a restore of the machine would put the witness back as well; null where nothing says so.</param>
public sealed record FenceState(
    FreshnessRefusal? Closed,
    SignedBounds? Bounds,
    WitnessException? Trouble,
    long Moves,
    bool IsOff,
    string? Rollback
)
{
    /// <summary>The first epoch that is not covered.</summary>
    public Epoch? Edge => Bounds?.Fence;
}
