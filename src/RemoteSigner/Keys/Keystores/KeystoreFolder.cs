namespace RemoteSigner.Keys;

/// <summary>
/// Finds keystores and their passwords: a folder of <c>*.json</c> with the password beside each (<c>keystore-0.json</c> and <c>keystore-0.txt</c>, as Charon
/// writes <c>validator_keys</c>), with a folder of such passwords, or with one password file for all; or a single keystore.
/// </summary>
public static class KeystoreFolder
{
    private const string CharonFolder = "validator_keys";

    // Launchpad tools write it beside the keystores; it holds no key.
    private const string DepositPrefix = "deposit_data";

    /// <summary>Lists what is there, sorted by name. <paramref name="passwords"/> is a folder, a file, or null for passwords beside the keystores.</summary>
    /// <exception cref="KeystoreImportException">No keystore, or a keystore without a password file; all of them are named.</exception>
    public static IReadOnlyList<KeystoreFile> Find(string path, string? passwords = null)
    {
        var keystores = FindKeystores(path);
        var files = keystores.Select(keystore => new KeystoreFile(keystore, PasswordOf(keystore, passwords))).ToList();
        var failures = files.Where(file => !File.Exists(file.PasswordPath)).Select(MissingPassword).ToList();
        return failures.Count == 0 ? files : throw new KeystoreImportException(failures);
    }

    private static List<string> FindKeystores(string path)
    {
        if (File.Exists(path))
        {
            return [path];
        }

        var charon = Path.Combine(path, CharonFolder);
        var folder = Directory.Exists(charon) ? charon : path;
        var found = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*.json").Where(file => !Path.GetFileName(file).StartsWith(DepositPrefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList()
            : [];
        return found.Count > 0
            ? found
            : throw new KeystoreImportException([new KeystoreFailure(path, KeystoreFault.Unreadable, "there is no keystore here", "give a keystore file, or a folder with *.json keystores")]);
    }

    private static string PasswordOf(string keystore, string? passwords)
    {
        if (passwords is not null && !Directory.Exists(passwords))
        {
            return passwords;
        }

        return Path.Combine(passwords ?? Path.GetDirectoryName(Path.GetFullPath(keystore))!, Path.GetFileNameWithoutExtension(keystore) + ".txt");
    }

    private static KeystoreFailure MissingPassword(KeystoreFile file) => new(
        file.KeystorePath, KeystoreFault.PasswordUnreadable, $"there is no password file {file.PasswordPath}", "put it there, or give --passwords FILE for all or --passwords FOLDER");
}
