namespace RemoteSigner.Clusters.Ssv;

/// <summary>A reason code for programs, and a sentence for people.</summary>
public sealed record OperatorMessageRefusal(string Reason, string Detail);
