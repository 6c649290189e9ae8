using RemoteSigner.Native;

namespace RemoteSigner.Keys;

/// <summary>Where a keystore and its password come from: two files, or a request.</summary>
public interface IKeystoreSource
{
    /// <summary>What messages call it.</summary>
    string Name { get; }

    /// <summary>What the vault is to call its key (<see cref="KeyLabel"/>).</summary>
    string Label { get; }

    /// <exception cref="KeystoreException">It cannot be read, or is malformed.</exception>
    Keystore Read();

    /// <summary>The keystore as it is, UTF-8.</summary>
    /// <exception cref="KeystoreException">It cannot be read.</exception>
    byte[] ReadJson();

    /// <summary>The password in normal form; the caller disposes it.</summary>
    /// <exception cref="KeystoreException">It cannot be read, or is none.</exception>
    SecretBytes ReadPassword(SecretArena arena);
}
