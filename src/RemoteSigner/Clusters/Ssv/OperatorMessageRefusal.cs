namespace RemoteSigner.Clusters.Ssv;

/// <summary>Why, and a sentence for people.</summary>
public sealed record OperatorMessageRefusal(OperatorMessageFault Fault, string Detail)
{
    /// <summary>For programs, in snake case.</summary>
    public string Reason => Fault.Code();
}
