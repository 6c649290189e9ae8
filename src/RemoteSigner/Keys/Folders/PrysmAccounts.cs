namespace RemoteSigner.Keys;

/// <summary>
/// Prysm keeps all keys of a wallet in one file, a list encrypted as a whole in the <c>crypto</c> part of an EIP-2335 keystore. Prysm
/// itself writes it out as keystores.
/// </summary>
internal static class PrysmAccounts
{
    public const string FileName = "all-accounts.keystore.json";

    public static KeystoreException Fault() =>
        new(
            KeystoreFault.Unsupported,
            "it is the list of all accounts of a Prysm wallet, not a keystore",
            "have Prysm write the keystores: 'validator accounts backup --wallet-dir=WALLET --wallet-password-file=FILE "
                + "--backup-dir=FOLDER --backup-password-file=FILE --backup-public-keys=KEYS', "
                + "expand the backup.zip, and import that folder with --passwords FILE"
        );
}
