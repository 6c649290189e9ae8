using RemoteSigner.Clusters;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>
/// One operator's share of a validator key, opened into locked memory: its public key (48 bytes), the validator's group key where it is
/// known, and its place in the cluster (null where it is not known or the key is whole).
/// </summary>
public sealed class KeyShare : IDisposable
{
    /// <summary>How many signatures of a share that came since the start are looked at.</summary>
    public const int TrialLength = 16;

    private readonly BlsSecretKey _secret;
    private volatile bool _suspect;
    private int _trial;

    /// <summary>
    /// Takes over <paramref name="secret"/>, which whoever opened the vault has found to belong to <paramref name="publicKey"/>.
    /// </summary>
    public KeyShare(BlsSecretKey secret, BlsPublicKey publicKey, BlsPublicKey? groupKey, ClusterMembership? membership) =>
        (_secret, Identity, Membership) = (secret, new ProtectedKey(publicKey, groupKey), membership);

    /// <summary>The key under which slashing protection knows this share.</summary>
    public ProtectedKey Identity { get; }

    public BlsPublicKey PublicKey => Identity.PublicKey;

    public BlsPublicKey? GroupKey => Identity.GroupKey;

    public ClusterMembership? Membership { get; }

    /// <summary>What it was called when it came in.</summary>
    public string Label { get; init; } = "";

    /// <summary>
    /// Its signatures are to be looked at before they are given out: it is on trial, or its hardware or memory reported an error.
    /// </summary>
    public bool IsSuspect => _suspect || Volatile.Read(ref _trial) > 0;

    /// <summary>Makes it suspect until the next start.</summary>
    public void Suspect() => _suspect = true;

    /// <summary>
    /// Makes it suspect until so many of its signatures were looked at, and each was right: it is new here, and its secret was held against
    /// its public key when it was opened.
    /// </summary>
    public void TryOut() => Volatile.Write(ref _trial, TrialLength);

    /// <summary>A signature of it was looked at, and is right.</summary>
    public void Prove()
    {
        if (Volatile.Read(ref _trial) > 0)
        {
            Interlocked.Decrement(ref _trial);
        }
    }

    /// <summary>The secret, for <see cref="ShareSigner"/> to sign the permit's root with.</summary>
    /// <exception cref="ArgumentException">The permit is for another key.</exception>
    internal BlsSecretKey SecretFor(SigningPermit permit) =>
        permit.PublicKey == PublicKey
            ? _secret
            : throw new ArgumentException($"the permit is for {permit.PublicKey}, the share is {PublicKey}", nameof(permit));

    /// <summary>The same key of the same validator at the same place, under the same name: the secret is the same then, too.</summary>
    public bool IsSameAs(KeyShare other) => Identity == other.Identity && Membership == other.Membership && Label == other.Label;

    /// <summary>The same of a share as an open vault lists it.</summary>
    public bool IsSameAs(VaultListing.Share other) =>
        Identity == new ProtectedKey(other.ShareKey, other.GroupKey) && Membership == other.Membership && Label == other.Label;

    public void Dispose() => _secret.Dispose();
}
