using RemoteSigner.Clusters.Ssv;

namespace RemoteSigner.Signing;

/// <summary>How a request for the operator's signature ended.</summary>
public abstract record OperatorSignOutcome
{
    private OperatorSignOutcome() { }

    /// <summary>PKCS#1 v1.5 with SHA-256, 256 bytes.</summary>
    public sealed record Signed(byte[] Signature, SsvMessage Message) : OperatorSignOutcome;

    /// <param name="Message">What it was about; null where that could not be read.</param>
    public sealed record Refused(OperatorMessageRefusal Reason, SsvMessage? Message) : OperatorSignOutcome;
}
