using RemoteSigner.Slashing;

namespace RemoteSigner.RollbackProtection;

/// <summary>What the start protocol decides; a closed choice.</summary>
public abstract record StartDecision
{
    private StartDecision() { }

    /// <summary>The ledger is exactly the one that was stopped in an orderly way.</summary>
    public sealed record Serve : StartDecision;

    /// <summary>
    /// What was signed since the ledger's state cannot be known, but all of it lies before the fence: serve above this low watermark.
    /// </summary>
    public sealed record RaiseLowWatermarks(GlobalLowWatermark LowWatermark) : StartDecision;

    /// <summary>Sign nothing until a person has looked.</summary>
    public sealed record Refuse(RollbackRefusal Refusal) : StartDecision;
}
