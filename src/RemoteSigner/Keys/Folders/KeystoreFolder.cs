namespace RemoteSigner.Keys;

/// <summary>
/// Finds keystores and their passwords by what the files are: a single keystore, a flat folder of them, or the folders of the clients that keys come from (<see cref="KeystoreOrigin"/>). No password is read, and no
/// file is opened that can only be one.
/// </summary>
public static class KeystoreFolder
{
    private const string CharonFolder = "validator_keys";

    // Teku's key manager lies deepest: validator/key-manager/local.
    private const int MostDepth = 3;

    // Whatever else lies below, such as a backup, is somebody's own and is named if it is meant.
    private static readonly HashSet<string> _clientFolders = ["validators", "keystores", "keys", "wallets", "direct", "accounts", "validator", "key-manager", "local"];

    /// <summary>The keystores that are there, with their passwords.</summary>
    /// <exception cref="KeystoreImportException">No keystore, or a keystore without a password file; all of them are named.</exception>
    public static IReadOnlyList<KeystoreFile> Find(string path, string? passwords = null) => Survey(path, passwords).Files();

    /// <summary>
    /// What is there, sorted by name: also keystores that cannot be opened or lack their password, and what is passed over. <paramref name="passwords"/> is a folder, a file, or null for passwords in the
    /// place where each client has them.
    /// </summary>
    /// <exception cref="KeystoreImportException">There is no keystore.</exception>
    public static KeystoreSurvey Survey(string path, string? passwords = null)
    {
        var wallets = new WalletNames();
        List<FoundKeystore> keystores = [];
        List<PassedOver> rest = [];
        foreach (var file in FilesAt(path))
        {
            switch (KeyFolderFile.Read(file, isMeant: file == path))
            {
                case KeyFolderFile.Other(var reason):
                    rest.Add(new PassedOver(file, reason));
                    break;
                case KeyFolderFile.Key key:
                    keystores.Add(FoundKeystore.Of(file, key, wallets, passwords));
                    break;
            }
        }

        return keystores.Count > 0 ? new KeystoreSurvey(keystores, rest) : throw new KeystoreImportException([Nothing(path, rest)]);
    }

    private static IEnumerable<string> FilesAt(string path)
    {
        if (File.Exists(path))
        {
            return [path];
        }

        var charon = Path.Combine(path, CharonFolder);
        return Directory.Exists(charon) ? FilesIn(charon, 0) : Directory.Exists(path) ? FilesIn(path, MostDepth) : [];
    }

    private static IEnumerable<string> FilesIn(string folder, int depth)
    {
        IEnumerable<string> below = depth == 0 ? [] : Directory.EnumerateDirectories(folder).Where(IsOfAClient).Order(StringComparer.Ordinal);
        return Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Concat(below.SelectMany(one => FilesIn(one, depth - 1)));
    }

    private static bool IsOfAClient(string folder) =>
        Path.GetFileName(folder) is var name && (_clientFolders.Contains(name) || ClientNames.IsUuid(name) || ClientNames.KeyOf(name) is not null);

    private static KeystoreFailure Nothing(string path, List<PassedOver> rest) => new(
        path,
        KeystoreFault.Unreadable,
        rest.Count == 0 ? "there is no keystore here" : $"there is no keystore here; {Path.GetFileName(rest[0].Path)} is passed over: {rest[0].Reason}{(rest.Count > 1 ? $", and {rest.Count - 1} more" : "")}",
        "give a keystore, a folder with keystores, or the folder in which Dirk, ethdo, Lighthouse, Lodestar, Nimbus or Teku keeps them");
}
