namespace RemoteSigner.Host.Running;

/// <summary>The answers of <c>/reload</c> in Web3Signer's shape: <paramref name="Message"/> for POST, the last operation for GET.</summary>
internal sealed record ReloadReport(
    string Status,
    string? Message = null,
    DateTimeOffset? LastOperationTime = null,
    string? LastError = null
);
