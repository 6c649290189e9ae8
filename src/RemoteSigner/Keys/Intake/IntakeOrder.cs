using RemoteSigner.Sealing;
using RemoteSigner.Slashing;

namespace RemoteSigner.Keys;

/// <summary>Shares to be sealed together, all or none. They stay the caller's to dispose.</summary>
/// <param name="Shares">With what is known of them; labels say where each came from.</param>
/// <param name="Floor">What is stated about their past: that they never signed, or that their history comes along or is known here.</param>
public sealed record IntakeOrder(IReadOnlyList<VaultShare> Shares, SlashingFloor Floor)
{
    /// <summary>The document that the shares' memberships name and that may say so; null when there is none or the archive has it.</summary>
    public AnchoredDocument? Document { get; init; }

    /// <summary>An EIP-3076 interchange file; null for none.</summary>
    public Stream? History { get; init; }

    /// <summary>What <see cref="History"/> may say; unless given, all, within the clock, its lowest numbers becoming floors.</summary>
    public ImportTerms? Terms { get; init; }

    /// <summary>Lets these shares take the place of others of the same validators, which a reshare has made void: those are taken out and retired in the same change.</summary>
    public bool Replace { get; init; }

    /// <summary>Lets shares that are held under another lock or another validator be bound to this document instead: a person has found out which of the two is right.</summary>
    public bool Rebind { get; init; }
}
