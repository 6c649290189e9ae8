using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>
/// The body of a sign request, understood: the message, and the signing root its sender expects (null when it names none).
/// <para>
/// The root is only ever compared with the computed one, never signed. A claim that differs is answered 400. This differs on purpose from
/// Web3Signer, which answers 500: the fault is in the request (or in the network it was made for), retrying cannot help, and a 500 would
/// page the operator of a healthy signer.
/// </para>
/// </summary>
public sealed record SignRequest(SignableMessage Message, Root? ClaimedSigningRoot);
