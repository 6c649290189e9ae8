using RemoteSigner.Clusters;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>
/// Shares to be sealed together, all or none, and shares that are here and learn where they belong. Those that are given stay the caller's
/// to dispose.
/// </summary>
/// <param name="Shares">With what is known of them; labels say where each came from.</param>
/// <param name="LowWatermark">What is stated about their past: that they never signed, or that their history comes along or is known here.
/// Of shares that are here it is known.</param>
public sealed record ImportRequest(IReadOnlyList<VaultShare> Shares, DeclaredHistory LowWatermark)
{
    /// <summary>
    /// The document that the shares' memberships name and that may say so; null when there is none or the archive has it.
    /// </summary>
    public AnchoredDocument? Document { get; init; }

    /// <summary>
    /// Where the document has shares that may be in the vault: public share → group key and membership. Those that are move there.
    /// </summary>
    public IReadOnlyDictionary<BlsPublicKey, (BlsPublicKey GroupKey, ClusterMembership Membership)> Places { get; init; } =
        new Dictionary<BlsPublicKey, (BlsPublicKey, ClusterMembership)>();

    /// <summary>
    /// Are all shares of <see cref="Places"/> to sign afterwards? Then parked ones come back, and one that stays elsewhere is a refusal.
    /// Else only those that can move are moved.
    /// </summary>
    public bool IsWhole { get; init; }

    /// <summary>An EIP-3076 interchange file; null for none.</summary>
    public Stream? History { get; init; }

    /// <summary>
    /// What <see cref="History"/> may say; unless given, all, within the clock, its lowest numbers becoming low watermarks.
    /// </summary>
    public ImportTerms? Terms { get; init; }

    /// <summary>
    /// Lets these shares take the place of others of the same validators, which a reshare has made void: those are parked in the same
    /// change.
    /// </summary>
    public bool Replace { get; init; }

    /// <summary>When the parked ones are given up; null: when a person says so.</summary>
    public DateTimeOffset? ParkedUntil { get; init; }

    /// <summary>Folders in which whoever asks sees keystores of shares that were exported.</summary>
    public IReadOnlyCollection<string> KeystoresAt { get; init; } = [];

    /// <summary>
    /// Lets shares that are held under another lock or another validator be bound to this document instead: a person has found out which of
    /// the two is right.
    /// </summary>
    public bool Rebind { get; init; }
}
