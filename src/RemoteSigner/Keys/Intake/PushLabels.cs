using RemoteSigner.Clusters;

namespace RemoteSigner.Keys;

/// <summary>What the vault has as the origin of shares that were sent to a door; it tells them from others when they are bound later.</summary>
public static class PushLabels
{
    public const string Keymanager = "keymanager push";

    public const string Ssv = "ssv push";

    /// <summary>The provenance of a share with this label; for one that did not come by a door it is <paramref name="file"/>.</summary>
    public static ShareProvenance ProvenanceOf(string label, ShareProvenance file) => label switch
    {
        Keymanager => ShareProvenance.KeymanagerPush,
        Ssv => ShareProvenance.SsvPush,
        _ => file,
    };
}
