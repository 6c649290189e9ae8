namespace RemoteSigner.Keys;

/// <summary>
/// Finds keystores and their passwords by what the files are: a single keystore, a flat folder of them, or the folders of the clients that
/// keys come from (<see cref="KeystoreOrigin"/>). No password is read, and no file is opened that can only be one.
/// </summary>
public static class KeystoreFolder
{
    private const string CharonFolder = "validator_keys";

    /// <summary>The keystores that are there, with their passwords.</summary>
    /// <exception cref="KeystoreImportException">No keystore, or a keystore without a password file; all of them are named.</exception>
    public static IReadOnlyList<KeystoreFile> Find(string path, string? passwords = null) => Survey(path, passwords).Files();

    /// <summary>
    /// What is there, sorted by name: also keystores that cannot be opened or lack their password, and what is passed over.
    /// <paramref name="passwords"/> is a folder, a file, or null for passwords in the place where each client has them.
    /// </summary>
    /// <exception cref="KeystoreImportException">There is no keystore.</exception>
    public static KeystoreSurvey Survey(string path, string? passwords = null)
    {
        var wallets = new WalletNames();
        List<FoundKeystore> keystores = [];
        List<PassedOver> rest = [];
        if (File.Exists(path))
        {
            Add(path, KeyFolderFile.Read(path, isMeant: true));
        }

        foreach (var place in PlacesAt(path))
        {
            if (!place.IsEntered)
            {
                rest.Add(new PassedOver(place.Path, "it is a folder that is not entered: import it by itself if its keys are meant"));
                continue;
            }

            foreach (var file in Directory.EnumerateFiles(place.Path).Order(StringComparer.Ordinal))
            {
                Add(file, KeyFolderFile.Read(file, isBesideKeys: place.IsAbove));
            }
        }

        return keystores.Count > 0 ? new KeystoreSurvey(keystores, rest) : throw new KeystoreImportException([Nothing(path, rest)]);

        void Add(string file, KeyFolderFile content)
        {
            if (content is KeyFolderFile.Key key)
            {
                keystores.Add(FoundKeystore.Of(file, key, wallets, passwords));
            }
            else if (content is KeyFolderFile.Other(var reason))
            {
                rest.Add(new PassedOver(file, reason));
            }
        }
    }

    private static IEnumerable<KeyPlace> PlacesAt(string path)
    {
        var charon = Path.Combine(path, CharonFolder);
        return Directory.Exists(charon) ? KeyPlace.At(charon)
            : Directory.Exists(path) ? KeyPlace.From(path)
            : [];
    }

    private static KeystoreFailure Nothing(string path, List<PassedOver> rest) =>
        new(
            path,
            KeystoreFault.Unreadable,
            rest.Count == 0
                ? "there is no keystore here"
                : $"there is no keystore here; {Path.GetFileName(rest[0].Path)} is passed over: "
                    + $"{rest[0].Reason}{(rest.Count > 1 ? $", and {rest.Count - 1} more" : "")}",
            "give a keystore, a folder with keystores, or the folder in which Dirk, ethdo, Lighthouse, Lodestar, Nimbus or Teku keeps them"
        );
}
