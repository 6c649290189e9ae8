namespace RemoteSigner.Access;

/// <summary>What a certificate proved; a closed choice.</summary>
public abstract record ClientVerdict
{
    private ClientVerdict() { }

    public sealed record Accepted(Client Client) : ClientVerdict;

    /// <summary>The certificate proves nothing here. <paramref name="Reason"/> is for the log, not for the peer.</summary>
    public sealed record Refused(string Reason) : ClientVerdict;
}
