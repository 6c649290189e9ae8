using RemoteSigner.Audit;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Tls;
using RemoteSigner.Keys;
using RemoteSigner.RemoteAttestation;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Slashing;

namespace RemoteSigner.Host.Http;

/// <summary>Collects from all rooms what the signer says of itself.</summary>
internal sealed class RemoteAttestationClaims(
    KeyRing keys,
    TlsStore tls,
    Fence fence,
    SlashingProtection slashing,
    AuditLog audit,
    SignerOptions options
)
{
    public async Task<SignerClaims> CollectAsync(AdmittedVault vault)
    {
        var head = await audit.HeadAsync();
        return new SignerClaims(
            $"{ProductVersion.Name} {ProductVersion.Version}",
            vault.Id,
            vault.Generation,
            [
                .. keys
                    .Shares.Select(share => share.PublicKey.Bytes.ToArray())
                    .Order(Comparer<byte[]>.Create((one, other) => one.AsSpan().SequenceCompareTo(other))),
            ],
            tls.Current.ServerCertificate.TargetCertificate.PublicKey.ExportSubjectPublicKeyInfo(),
            new FenceClaim(options.Anchor, fence.State.Bounds?.Fence.Value, (await slashing.GetStartAsync())?.Start),
            new AuditClaim((ulong)head.Sequence, [.. head.Hash])
        );
    }
}
