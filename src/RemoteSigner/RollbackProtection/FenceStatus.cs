using RemoteSigner.Slashing;

namespace RemoteSigner.RollbackProtection;

/// <summary>How the fence stands, for health and metrics.</summary>
/// <param name="Closed">Why nothing at all is signed; null while the fence is open.</param>
/// <param name="Bounds">What may be signed without a further write of the anchor; null where there is no fence or it is not open.</param>
/// <param name="Trouble">Why the anchor did not take the last move; null when it did.</param>
/// <param name="Moves">How often the record was written since the start.</param>
/// <param name="IsOff">The operator chose to run without a fence.</param>
/// <param name="Rollback">Why a restore of the machine would put the anchor back as well; null where nothing says so.</param>
public sealed record FenceStatus(
    RollbackRefusal? Closed,
    SignedBounds? Bounds,
    RollbackAnchorException? Trouble,
    long Moves,
    bool IsOff,
    string? Rollback
);
