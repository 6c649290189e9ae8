using RemoteSigner.Native;

namespace RemoteSigner.Keys;

/// <summary>One keystore file and the file its password is in.</summary>
public sealed record KeystoreFile(string KeystorePath, string PasswordPath) : IKeystoreSource
{
    public string Name => KeystorePath;

    public string Label { get; init; } = KeyLabel.Of(Path.GetFileName(KeystorePath));

    /// <summary>Why it is known already that it cannot be opened; null: nothing speaks against it.</summary>
    public KeystoreException? Fault { get; init; }

    public Keystore Read() => Keystore.Parse(ReadJson());

    public byte[] ReadJson() => Fault is null ? ReadBytes(KeystorePath) : throw Fault;

    public SecretBytes ReadPassword(SecretArena arena) => KeystorePassword.Read(PasswordPath, arena);

    /// <summary>The file's bytes, of one that is too long for a keystore one more than the most.</summary>
    /// <exception cref="KeystoreException">It cannot be read.</exception>
    internal static byte[] ReadBytes(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read);
            var buffer = new byte[Keystore.MaxBytes + 1];
            return buffer[..file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeystoreException(
                KeystoreFault.Unreadable,
                $"cannot read the file: {e.Message}",
                "check the path and the file's owner and mode",
                e
            );
        }
    }
}
