using RemoteSigner.Clusters.Ssv;

namespace RemoteSigner.Signing;

/// <summary>How a request for the operator's signature ended.</summary>
public abstract record SpeechOutcome
{
    private SpeechOutcome()
    {
    }

    /// <summary>PKCS#1 v1.5 with SHA-256, 256 bytes.</summary>
    public sealed record Signed(byte[] Signature) : SpeechOutcome;

    public sealed record Refused(SpeechRefusal Reason) : SpeechOutcome;
}
