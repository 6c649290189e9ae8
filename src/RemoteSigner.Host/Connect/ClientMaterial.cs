using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace RemoteSigner.Host.Connect;

/// <summary>
/// One reading of a client's files: its certificate with key and chain, and the authority of the signer; null for those that the system
/// trusts.
/// </summary>
internal sealed record ClientMaterial(SslStreamCertificateContext Certificate, X509ChainPolicy? Authority)
{
    /// <summary>The certificate's common name, by which the signer knows us.</summary>
    public string Name => Certificate.TargetCertificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
}
