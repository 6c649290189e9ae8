namespace RemoteSigner.Host.Control;

/// <summary>
/// What was made with the authority's key and is to be kept: all of it is public, and PEM. The key stays with the command.
/// </summary>
internal sealed record TlsChange
{
    /// <summary><c>tls.issue</c>, <c>tls.renew</c> or <c>tls.revoke</c>.</summary>
    public required string Action { get; init; }

    /// <summary>A client's new certificate.</summary>
    public string? Client { get; init; }

    /// <summary>The server's new certificate, for the key that it has.</summary>
    public string? Server { get; init; }

    /// <summary>Host names that requests may be addressed to from now on, beside those that <c>signer.json</c> has.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Certificates that the list names newly.</summary>
    public IReadOnlyList<string> Revoked { get; init; } = [];

    /// <summary>The revocation list, signed anew; null where there is none.</summary>
    public string? RevocationList { get; init; }

    /// <summary>Fingerprint of the file that the list was made from.</summary>
    public string? FormerList { get; init; }
}

/// <summary>What became of it.</summary>
/// <param name="Notes">What was changed in <c>signer.json</c>.</param>
/// <param name="Problem">Why the running signer does not go by it yet; null: it does, or none runs.</param>
internal sealed record TlsKept(IReadOnlyList<string> Notes, string? Problem);
