using RemoteSigner.Native;

namespace RemoteSigner.Keys;

/// <summary>A keystore that was sent with its password instead of lying in files. Disposing it zeroes the password.</summary>
/// <param name="Name">Its place in the request, or what the console calls it.</param>
/// <param name="Label">What the vault is to call its key.</param>
/// <param name="Json">The keystore, UTF-8.</param>
/// <param name="Password">As it was sent, not yet in normal form.</param>
public sealed record PushedKeystore(string Name, string Label, byte[] Json, SecretBytes Password) : IKeystoreSource, IDisposable
{
    public Keystore Read() => Keystore.Parse(Json);

    public byte[] ReadJson() => Json;

    public SecretBytes ReadPassword(SecretArena arena) => KeystorePassword.Normalise(Password, arena);

    public void Dispose() => Password.Dispose();
}
