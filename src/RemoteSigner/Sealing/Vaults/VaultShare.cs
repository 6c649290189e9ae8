using RemoteSigner.Clusters;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Sealing;

/// <summary>One key share outside the vault: its scalar in secret memory and what is known of it. Disposing it zeroes the scalar.</summary>
/// <param name="ShareKey">The scalar times G1, 48 bytes.</param>
/// <param name="GroupKey">The validator's public key; null when unknown, equal to <paramref name="ShareKey"/> for a whole key.</param>
/// <param name="Membership">Its place in its cluster; null for a whole key or when unknown.</param>
/// <param name="Label">Where it came from, at most 64 bytes of UTF-8; not secret, but authenticated.</param>
/// <param name="Secret">The scalar.</param>
public sealed record VaultShare(
    BlsPublicKey ShareKey,
    BlsPublicKey? GroupKey,
    ClusterMembership? Membership,
    string Label,
    BlsSecretKey Secret
) : IDisposable
{
    /// <summary>What is known of it, as the vault lists it.</summary>
    public VaultListing.Share Listed => new(ShareKey, GroupKey, Membership, Label);

    public void Dispose() => Secret.Dispose();
}
