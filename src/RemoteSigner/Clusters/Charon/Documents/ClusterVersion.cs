namespace RemoteSigner.Clusters.Charon;

/// <summary>
/// The schema version of a definition or lock, <c>v1.0.0</c> to <c>v1.11.0</c>: what a file of that version has and how it is hashed.
/// </summary>
public readonly record struct ClusterVersion(int Minor)
{
    private const int Newest = 11;

    /// <summary>Byte strings are base64, and operators have a nonce, which is 0.</summary>
    public bool IsBase64 => Minor <= 1;

    /// <summary>Hashed over text and without list limits.</summary>
    public bool IsLegacy => Minor <= 2;

    /// <summary>Operators sign by EIP-712.</summary>
    public bool HasTypedSignatures => Minor >= 3;

    public bool HasCreator => Minor >= 4;

    /// <summary>Fee recipient and withdrawal address stand once for each validator, not once for all.</summary>
    public bool HasAddressesPerValidator => Minor >= 5;

    public bool HasDeposits => Minor >= 6;

    /// <summary>Builder registrations, and a signature of every node.</summary>
    public bool HasRegistrations => Minor >= 7;

    /// <summary>Several deposits for each validator, of amounts that the definition may choose.</summary>
    public bool HasDepositAmounts => Minor >= 8;

    public bool HasConsensusProtocol => Minor >= 9;

    /// <summary>Target gas limit, and compounding (0x02) withdrawal credentials.</summary>
    public bool HasGasLimit => Minor >= 10;

    /// <summary>A signature may be several of 65 bytes, those of a contract wallet's owners.</summary>
    public bool HasSignatureLists => Minor >= 11;

    /// <summary>All versions, oldest first.</summary>
    public static IEnumerable<ClusterVersion> All => Enumerable.Range(0, Newest + 1).Select(minor => new ClusterVersion(minor));

    /// <summary>Reads the exact text, such as <c>v1.8.0</c>; null for any other.</summary>
    public static ClusterVersion? Find(string text) =>
        All.Where(version => version.ToString() == text).Select(version => (ClusterVersion?)version).FirstOrDefault();

    public override string ToString() => $"v1.{Minor}.0";
}
