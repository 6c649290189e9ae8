using System.Diagnostics;

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

/// <summary>The code of a layout, in <c>--json</c>: a member may be renamed, its code not.</summary>
public static class KeystoreOriginCodes
{
    public static string Code(this KeystoreOrigin origin) =>
        origin switch
        {
            KeystoreOrigin.Keystore => "keystore",
            KeystoreOrigin.Dirk => "dirk",
            KeystoreOrigin.Lighthouse => "lighthouse",
            KeystoreOrigin.Lodestar => "lodestar",
            KeystoreOrigin.Nimbus => "nimbus",
            KeystoreOrigin.Teku => "teku",
            _ => throw new UnreachableException($"the origin {origin} has no code"),
        };
}
