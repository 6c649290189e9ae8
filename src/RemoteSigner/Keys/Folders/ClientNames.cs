using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>The names of files and folders by which clients' layouts are told apart, and where each has a keystore's password.</summary>
internal static class ClientNames
{
    private const int KeyNameLength = 2 + (2 * BlsPublicKey.Length);

    /// <summary>Dirk and ethdo name wallets and accounts so.</summary>
    public static bool IsUuid(string name) => Guid.TryParseExact(name, "D", out _);

    /// <summary>The key by which a folder or a password file is named, with <c>0x</c>; null where it is none.</summary>
    public static BlsPublicKey? KeyOf(string name) => name.Length == KeyNameLength && name.StartsWith("0x", StringComparison.Ordinal) && BlsPublicKey.TryParse(name, out var key) ? key : null;

    /// <param name="folder">The keystore's folder, as a full path.</param>
    /// <param name="name">The keystore's name.</param>
    public static KeystoreOrigin OriginOf(string folder, string name) => Path.GetFileName(folder) switch
    {
        _ when IsUuid(name) => KeystoreOrigin.Dirk,
        var key when KeyOf(key) is not null => name == "keystore.json" ? KeystoreOrigin.Nimbus : Path.GetFileName(Path.GetDirectoryName(folder)) == "keystores" ? KeystoreOrigin.Lodestar : KeystoreOrigin.Lighthouse,
        "keys" or "local" when Directory.Exists(TekuPasswords(folder)) => KeystoreOrigin.Teku,
        _ => KeystoreOrigin.Keystore,
    };

    /// <summary>Where the password of a keystore may be, the first that is there counts. A password for another keystore opens nothing.</summary>
    /// <param name="passwords">A file for all, a folder, or null for the client's own places.</param>
    public static IReadOnlyList<string> PasswordPlaces(string folder, string name, string? passwords)
    {
        if (passwords is not null && !Directory.Exists(passwords))
        {
            return [passwords];
        }

        var text = Path.GetFileNameWithoutExtension(name) + ".txt";
        var keyName = KeyOf(Path.GetFileName(folder)) is null ? null : Path.GetFileName(folder);
        List<string?> places = passwords is not null
            ? [keyName is null ? null : Path.Combine(passwords, keyName), Path.Combine(passwords, text)]
            : [
                Path.Combine(folder, text),
                keyName is null ? null : Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(folder)) ?? folder, "secrets", keyName),
                OriginOf(folder, name) == KeystoreOrigin.Teku ? Path.Combine(TekuPasswords(folder), text) : null,
            ];
        return [.. places.OfType<string>()];
    }

    private static string TekuPasswords(string folder) => Path.Combine(Path.GetDirectoryName(folder) ?? folder, Path.GetFileName(folder) == "local" ? "local-passwords" : "passwords");
}
