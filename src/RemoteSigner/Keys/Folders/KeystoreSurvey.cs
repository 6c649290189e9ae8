namespace RemoteSigner.Keys;

/// <summary>What lies in a folder of keys.</summary>
/// <param name="Keystores">All that are keystores or should be, at least one.</param>
/// <param name="Rest">JSON and wallet files that are known to be something else, and folders with JSON files that were not entered.</param>
public sealed record KeystoreSurvey(IReadOnlyList<FoundKeystore> Keystores, IReadOnlyList<PassedOver> Rest)
{
    /// <summary>
    /// What says that a client may still run on these keys: locks that lie beside keystores (a file of Lighthouse or Teku, a folder of
    /// Lodestar), also those that one left that did not end in order, and keystores that a process holds locked (Nimbus).
    /// </summary>
    public IReadOnlyList<string> FindLocks()
    {
        var held = HeldFiles.Now();
        return
        [
            .. Keystores
                .SelectMany(keystore => (string[])[keystore.Path + ".lock", keystore.Path])
                .Where(path => path.EndsWith(".lock", StringComparison.Ordinal) ? Path.Exists(path) : held.Contains(path)),
        ];
    }

    /// <summary>The keystores with their passwords.</summary>
    /// <exception cref="KeystoreImportException">At least one has no password file; all of them are named.</exception>
    public IReadOnlyList<KeystoreFile> Files()
    {
        var failures = Keystores.Where(keystore => keystore.PasswordPath is null).Select(keystore => keystore.Failure!).ToList();
        return failures.Count == 0 ? [.. Keystores.Select(keystore => keystore.ToFile())] : throw new KeystoreImportException(failures);
    }
}

/// <summary>A file that holds no signing key, and what it is instead; or a folder that was not entered.</summary>
public sealed record PassedOver(string Path, string Reason);
