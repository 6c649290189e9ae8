using Microsoft.AspNetCore.WebUtilities;

namespace RemoteSigner.Host.Http;

/// <summary>
/// The body of every answer that is no success: Web3Signer's <c>code</c> (the status) and <c>message</c> (the reason phrase), and beside
/// them a stable <c>reason</c> code for programs and a <c>detail</c> for people.
/// </summary>
internal sealed record ErrorBody(int Code, string Message, string? Reason, string? Detail)
{
    public static ErrorBody For(int status, string? reason = null, string? detail = null) =>
        new(status, ReasonPhrases.GetReasonPhrase(status), reason, detail);
}
