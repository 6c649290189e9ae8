using System.Collections.Immutable;
using RemoteSigner.Native;

namespace RemoteSigner.Clusters.Ssv;

/// <summary>
/// What ssv-keys or ssv-dkg wrote for SSV's contract, <c>keyshares.json</c>: one validator or many, each with the shares of its operators
/// encrypted to them. Reading it proves nothing; see <see cref="KeysharesVerifier"/>.
/// </summary>
public sealed record KeysharesFile
{
    public required string Version { get; init; }

    /// <summary>At least one.</summary>
    public required ImmutableArray<ValidatorShares> Validators { get; init; }

    /// <summary>Reads v1.1 and v1.2, with a list of <c>shares</c> or, as older tools wrote it, a single validator.</summary>
    /// <exception cref="ClusterFileException">Too large, not JSON, malformed or of an unknown version.</exception>
    public static KeysharesFile Parse(ReadOnlyMemory<byte> json) => KeysharesJson.Read(json);

    /// <summary>True for what looks like one of these rather than Charon's; it is not known to be well-formed by that.</summary>
    public static bool Is(ReadOnlyMemory<byte> json) => KeysharesJson.Is(json);

    /// <summary>Reads the file at a path.</summary>
    /// <exception cref="ClusterFileException">It cannot be understood.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static KeysharesFile Open(string path) =>
        new FileInfo(path).Length is var length && length <= KeysharesJson.MaxBytes
            ? Parse(BoundedFile.ReadAllBytes(path, KeysharesJson.MaxBytes))
            : throw KeysharesJson.TooLarge(length);

    /// <summary>True when the file at a path is one of these rather than Charon's; it is not known to be well-formed by that.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static bool IsAt(string path) =>
        new FileInfo(path).Length <= KeysharesJson.MaxBytes && Is(BoundedFile.ReadAllBytes(path, KeysharesJson.MaxBytes));
}
