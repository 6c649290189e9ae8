using RemoteSigner.Spec;

namespace RemoteSigner.Sealing;

/// <summary>
/// A vault as it is to be after one change, authenticated and not written yet: what it will be known by stands before its file does.
/// </summary>
public sealed class VaultDraft
{
    internal VaultDraft(VaultFile from, VaultFile next, IReadOnlyCollection<BlsPublicKey> exchanged, VaultAnchor anchor) =>
        (From, Next, Exchanged, Anchor) = (from, next, exchanged, anchor);

    /// <summary>What is to be remembered of it outside its file.</summary>
    public VaultAnchor Anchor { get; }

    internal VaultFile From { get; }

    internal VaultFile Next { get; }

    internal IReadOnlyCollection<BlsPublicKey> Exchanged { get; }

    /// <summary>The root key that it has from then on; null where it stays the same.</summary>
    internal NewRootKey? RootKey { get; init; }
}
