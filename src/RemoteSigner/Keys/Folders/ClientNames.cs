using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>The names of files and folders by which clients' layouts are told apart, and where each has a keystore's password.</summary>
internal static class ClientNames
{
    private const int KeyNameLength = 2 + (2 * BlsPublicKey.Length);

    /// <summary>Dirk and ethdo name wallets and accounts so.</summary>
    public static bool IsUuid(string name) => Guid.TryParseExact(name, "D", out _);

    /// <summary>The key by which a folder or a password file is named, with <c>0x</c>; null where it is none.</summary>
    public static BlsPublicKey? KeyOf(string name) =>
        name.Length == KeyNameLength && name.StartsWith("0x", StringComparison.Ordinal) && BlsPublicKey.TryParse(name, out var key)
            ? key
            : null;

    /// <param name="folder">The keystore's folder, as a full path.</param>
    /// <param name="name">The keystore's name.</param>
    public static KeystoreOrigin OriginOf(string folder, string name) =>
        Path.GetFileName(folder) switch
        {
            _ when IsUuid(name) => KeystoreOrigin.Dirk,
            var key when KeyOf(key) is not null => name == "keystore.json" ? KeystoreOrigin.Nimbus
            : Path.GetFileName(Path.GetDirectoryName(folder)) == "keystores" ? KeystoreOrigin.Lodestar
            : KeystoreOrigin.Lighthouse,
            _ when TekuTree(folder) is not null => KeystoreOrigin.Teku,
            _ => KeystoreOrigin.Keystore,
        };

    /// <summary>
    /// Where the password of a keystore may be, the first that is there counts. A password for another keystore opens nothing.
    /// </summary>
    /// <param name="passwords">A file for all, a folder, or null for the client's own places.</param>
    public static IReadOnlyList<string> PasswordPlaces(string folder, string name, string? passwords)
    {
        if (passwords is not null && !Directory.Exists(passwords))
        {
            return [passwords];
        }

        var text = Path.GetFileNameWithoutExtension(name) + ".txt";
        var tree = TekuTree(folder);
        var keyName = KeyOf(Path.GetFileName(folder)) is null ? null : Path.GetFileName(folder);
        List<string?> places = passwords is not null
            ?
            [
                keyName is null ? null : Path.Combine(passwords, keyName),
                tree is null ? null : Path.Combine(passwords, tree.Below, text),
                Path.Combine(passwords, text),
            ]
            :
            [
                Path.Combine(folder, text),
                keyName is null ? null : Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(folder)) ?? folder, "secrets", keyName),
                tree is null ? null : Path.Combine(tree.Passwords, tree.Below, text),
            ];
        return [.. places.OfType<string>().Distinct()];
    }

    /// <summary>
    /// Where a folder lies in one of Teku's, which may have others in it, and takes the password from the same path in the folder of
    /// passwords; null where it lies in none.
    /// </summary>
    /// <param name="folder">As a full path.</param>
    public static TekuTree? TekuTree(string folder)
    {
        var root = folder;
        for (var depth = 0; depth <= Keys.TekuTree.MaxDepth && Path.GetDirectoryName(root) is { } parent; depth++, root = parent)
        {
            var passwords = Path.Combine(parent, Path.GetFileName(root) == "local" ? "local-passwords" : "passwords");
            if (Path.GetFileName(root) is "keys" or "local" && Directory.Exists(passwords))
            {
                return new TekuTree(passwords, depth == 0 ? "" : Path.GetRelativePath(root, folder), depth);
            }
        }

        return null;
    }
}

/// <summary>A place in a folder of keys of Teku.</summary>
/// <param name="Passwords">The folder of passwords beside it.</param>
/// <param name="Below">The path from the folder of keys, the same from that of passwords; empty for itself.</param>
/// <param name="Depth">How many folders deep that is.</param>
internal sealed record TekuTree(string Passwords, string Below, int Depth)
{
    /// <summary>So deep are folders entered.</summary>
    public const int MaxDepth = 8;
}
