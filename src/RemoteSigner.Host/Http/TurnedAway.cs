namespace RemoteSigner.Host.Http;

/// <summary>
/// Why a request is refused before anybody looks at what it wants. <paramref name="Detail"/> is for the log, and for the answer unless that
/// has Web3Signer's own <paramref name="Message"/>.
/// </summary>
internal sealed record TurnedAway(int Status, string Reason, string Detail, string? Message = null)
{
    public Task AnswerAsync(HttpContext context) =>
        Message is null
            ? ApiResponse.ErrorAsync(context, Status, Reason, Detail)
            : ApiResponse.WriteAsync(context, new ErrorBody(Status, Message, Reason, null), Status);
}
