using RemoteSigner.Sealing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Sealing;

/// <summary>What would be remembered of vaults that nobody made.</summary>
internal static class Anchors
{
    /// <summary>
    /// Of the vault with this id as it was at a generation; <paramref name="content"/> tells two of one generation apart,
    /// <paramref name="rootKey"/> two root keys.
    /// </summary>
    public static VaultAnchor Of(Guid vault, ulong generation, byte content = 0, byte rootKey = 0) =>
        new(vault, Filled(0xC0, rootKey, 0), Filled(content, rootKey, (byte)generation), generation, []);

    private static Root Filled(byte first, byte second, byte third) => new([first, second, third, .. new byte[Root.Length - 3]]);
}
