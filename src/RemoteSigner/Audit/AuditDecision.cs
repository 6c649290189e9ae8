namespace RemoteSigner.Audit;

/// <summary>How something ended, or that it merely happened.</summary>
public enum AuditDecision
{
    /// <summary>It was asked for and allowed.</summary>
    Granted,

    /// <summary>It was asked for and refused.</summary>
    Refused,

    /// <summary>It happened, such as a start or a reload.</summary>
    Event,
}
