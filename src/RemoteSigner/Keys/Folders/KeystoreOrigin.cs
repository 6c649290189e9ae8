namespace RemoteSigner.Keys;

/// <summary>In whose layout a keystore lies, as far as the layout says.</summary>
public enum KeystoreOrigin
{
    /// <summary>An EIP-2335 file by itself: of a launchpad, Charon, a backup of Prysm.</summary>
    Keystore,

    /// <summary>A wallet of Dirk or ethdo on the file system: <c>WALLET-UUID/ACCOUNT-UUID</c>; its passphrases are elsewhere.</summary>
    Dirk,

    /// <summary><c>validators/0xKEY/voting-keystore.json</c>, password in <c>secrets/0xKEY</c>.</summary>
    Lighthouse,

    /// <summary><c>keystores/0xKEY/voting-keystore.json</c>, password in <c>secrets/0xKEY</c>.</summary>
    Lodestar,

    /// <summary><c>validators/0xKEY/keystore.json</c>, password in <c>secrets/0xKEY</c>.</summary>
    Nimbus,

    /// <summary>
    /// <c>keys/NAME.json</c>, password in <c>passwords/NAME.txt</c>; of its key manager <c>local</c> and <c>local-passwords</c>.
    /// </summary>
    Teku,
}
