using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>A keystore in a folder, as far as it is known without its password.</summary>
/// <param name="Path">The file.</param>
/// <param name="Origin">In whose layout it lies.</param>
/// <param name="Label">What the vault is to call it: <c>wallet/account</c> of Dirk, else the file's name, or its folder's where all files
/// have one name.</param>
/// <param name="PublicKey">The key that the file claims, else the one that its folder is named by; null where neither says.</param>
/// <param name="PasswordPlaces">Where its password may be, in this order.</param>
/// <param name="Fault">Why it cannot be opened; null: nothing is known against it.</param>
public sealed record FoundKeystore(
    string Path,
    KeystoreOrigin Origin,
    string Label,
    BlsPublicKey? PublicKey,
    IReadOnlyList<string> PasswordPlaces,
    KeystoreException? Fault
)
{
    private const string LighthouseDefinitions = "validator_definitions.yml";

    /// <summary>The first of the places where there is a file; null: there is none.</summary>
    public string? PasswordPath { get; } = PasswordPlaces.FirstOrDefault(File.Exists);

    /// <summary>What stands against it: its own fault, or that its password is nowhere.</summary>
    public KeystoreFailure? Failure =>
        Fault is { } fault ? new(Path, fault.Fault, fault.Message, fault.Hint)
        : PasswordPath is null
            ? new(
                Path,
                KeystoreFault.PasswordUnreadable,
                $"there is no password file {string.Join(" or ", PasswordPlaces)}",
                $"put it there, or give --passwords FILE for all or --passwords FOLDER{WhereElse()}"
            )
        : null;

    internal static FoundKeystore Of(string path, KeyFolderFile.Key key, WalletNames wallets, string? passwords)
    {
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        var named = ClientNames.KeyOf(System.IO.Path.GetFileName(folder));
        var claimed = key.Content?.PublicKey;
        var fault = key.Fault
            ?? (
                named is { } one && claimed is { } other && one != other
                    ? new KeystoreException(
                        KeystoreFault.ForeignPublicKey,
                        $"its folder is named by another key than the file names, {other}",
                        "find out which of the two is meant; a file that was put into the wrong folder belongs into its own"
                    )
                    : null
            );
        var origin = ClientNames.OriginOf(folder, System.IO.Path.GetFileName(path));
        return new FoundKeystore(
            path,
            origin,
            LabelOf(path, folder, origin, key, wallets, named),
            claimed ?? named,
            ClientNames.PasswordPlaces(folder, System.IO.Path.GetFileName(path), passwords),
            fault
        );
    }

    /// <summary>It with its password, of which there is a file.</summary>
    internal KeystoreFile ToFile() => new(Path, PasswordPath!) { Label = Label, Fault = Fault };

    private static string LabelOf(
        string path,
        string folder,
        KeystoreOrigin origin,
        KeyFolderFile.Key key,
        WalletNames wallets,
        BlsPublicKey? named
    ) =>
        KeyLabel.Of(
            origin == KeystoreOrigin.Dirk && key.Content?.Name is { Length: > 0 } account
                ? wallets.Find(folder) is { } wallet
                    ? $"{wallet}/{account}"
                    : account
                : named is null
                    ? System.IO.Path.GetFileName(path)
                    : System.IO.Path.GetFileName(folder)
        );

    // Lighthouse keeps passwords in this file where it was not told otherwise.
    private string WhereElse() =>
        Origin switch
        {
            KeystoreOrigin.Dirk => ": Dirk's passphrases are where its configuration has them (unlocker.account-passphrases)",
            KeystoreOrigin.Lighthouse
                when File.Exists(
                    System.IO.Path.Combine(
                        System.IO.Path.GetDirectoryName(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path)))!,
                        LighthouseDefinitions
                    )
                ) => $": {LighthouseDefinitions} may have it as voting_keystore_password, or its place as voting_keystore_password_path",
            _ => "",
        };
}
