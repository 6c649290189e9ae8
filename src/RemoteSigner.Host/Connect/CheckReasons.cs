namespace RemoteSigner.Host.Connect;

/// <summary>
/// Why a check of a signer fails from the side of its client; where the signer answers, the reason is its own. Programs compare them: none
/// may change. The page <c>docs/integrator/codes.md</c> is made of this file.
/// </summary>
internal static class CheckReasons
{
    /// <summary>The address that <c>connect</c> is to listen on cannot be had.</summary>
    public const string AddressInUse = "address_in_use";

    /// <summary>The signer ended the connection: it does not accept the certificate.</summary>
    public const string CertificateRefused = "certificate_refused";

    /// <summary>The signer has no key that this client may use.</summary>
    public const string NoKeys = "no_keys";

    /// <summary>The server's certificate is not for the name that was asked for.</summary>
    public const string ServerName = "server_name";

    /// <summary>The server's certificate is of another authority, or out of date.</summary>
    public const string ServerNotTrusted = "server_not_trusted";

    /// <summary>The token of the Keymanager API cannot be read.</summary>
    public const string TokenFile = "token_file";

    /// <summary>What answers there is no signer, or gives no reason.</summary>
    public const string UnexpectedAnswer = "unexpected_answer";

    /// <summary>The signer cannot be reached.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>What answers there has no TLS.</summary>
    public const string WithoutTls = "without_tls";
}
