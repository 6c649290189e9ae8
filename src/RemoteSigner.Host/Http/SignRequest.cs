using RemoteSigner.Consensus.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>
/// The body of a sign request, understood: the message, and the signing root its sender expects (null when it names none).
/// <para>
/// The root is only ever compared, never signed. A claim that differs from the computed root is a malformed request, status 400. This differs
/// on purpose from Web3Signer, which answers 500: the fault is in the request (or in the network it was made for), retrying cannot help,
/// and a 500 would page the operator of a healthy signer.
/// </para>
/// </summary>
public sealed record SignRequest(SignableMessage Message, Root? ClaimedSigningRoot)
{
    /// <summary>Compares the claim with the root that was computed from <see cref="Message"/>; null when they agree or nothing is claimed.</summary>
    public MalformedRequest? FindMismatch(Root computed) => ClaimedSigningRoot is { } claimed && claimed != computed
        ? new MalformedRequest(
            MalformedRequest.SigningRootMismatch,
            $"the signing root is {computed}, not {claimed}: do client and signer use the same network?")
        : null;
}
