using RemoteSigner.Native;

namespace RemoteSigner.Keys;

/// <summary>One keystore file and the file its password is in.</summary>
public sealed record KeystoreFile(string KeystorePath, string PasswordPath) : IKeystoreSource
{
    public string Name => KeystorePath;

    public Keystore Read() => Keystore.Parse(ReadJson());

    public byte[] ReadJson()
    {
        try
        {
            using var file = new FileStream(KeystorePath, FileMode.Open, FileAccess.Read);
            var buffer = new byte[Keystore.MostBytes + 1];
            return buffer[..file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeystoreException(KeystoreFault.Unreadable, $"cannot read the file: {e.Message}", "check the path and the file's owner and mode", e);
        }
    }

    public SecretBytes ReadPassword(SecretArena arena) => KeystorePassword.Read(PasswordPath, arena);
}
