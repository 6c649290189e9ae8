using RemoteSigner.Native;

namespace RemoteSigner.Sealing;

/// <summary>
/// Where a token's PIN comes from; never the command line, which every user of the machine can read. One line of at most 256 bytes; a
/// newline at its end does not count. The bytes go straight into secret memory.
/// </summary>
public abstract record PinSource
{
    private const int MaxBytes = 256;

    private PinSource() { }

    /// <summary>A file, which should be readable by the signer's user only.</summary>
    public sealed record FromFile(string Path) : PinSource
    {
        protected override SecretBytes ReadRaw(SecretArena arena) => ReadFile(Path, arena);
    }

    /// <summary>
    /// An environment variable. Root and other processes of the same user can read the environment; it is wiped once it is read, but what
    /// started the signer may keep a copy.
    /// </summary>
    public sealed record FromEnvironment(string Name) : PinSource
    {
        protected override SecretBytes ReadRaw(SecretArena arena) =>
            SecretEnvironment.Take(Name, arena)
            ?? throw new PinException(
                $"the environment variable {Name} is not set; a PIN from the environment is given "
                    + "once and wiped when it is read, so another one needs a restart",
                "set it and restart the signer, or name another source of the PIN: a file "
                    + "is read again at each reload that follows a refused PIN"
            );
    }

    /// <summary>
    /// A systemd credential (<c>LoadCredential=</c> or <c>LoadCredentialEncrypted=</c>), a file in <c>$CREDENTIALS_DIRECTORY</c>.
    /// </summary>
    public sealed record FromCredential(string Name) : PinSource
    {
        /// <summary>Did systemd start this process with a credential of this name?</summary>
        public static bool Exists(string name) =>
            Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY") is { } folder
            && Path.GetFileName(name) == name
            && File.Exists(Path.Combine(folder, name));

        protected override SecretBytes ReadRaw(SecretArena arena)
        {
            var folder = Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY")
                ?? throw new PinException(
                    $"there is no credential {Name}: systemd did not start this process with credentials",
                    $"add LoadCredential={Name}:PATH to the unit"
                );
            return Path.GetFileName(Name) == Name && Name.Length > 0
                ? ReadFile(Path.Combine(folder, Name), arena)
                : throw new PinException($"'{Name}' is no name of a credential", "give the name that stands in LoadCredential=");
        }
    }

    /// <summary>A person, asked by <paramref name="Ask"/>, which types into secret memory.</summary>
    public sealed record FromPrompt(Func<SecretArena, SecretBytes> Ask) : PinSource
    {
        protected override SecretBytes ReadRaw(SecretArena arena) => Ask(arena);
    }

    /// <summary>Gives the PIN; the caller disposes it. An environment variable gives it once only.</summary>
    /// <exception cref="PinException">It is missing, empty or too long.</exception>
    public SecretBytes Read(SecretArena arena)
    {
        using var raw = ReadRaw(arena);
        var trimmed = raw.Span.TrimEnd("\r\n"u8);
        if (trimmed.IsEmpty || trimmed.Length > MaxBytes)
        {
            throw new PinException(trimmed.IsEmpty ? "the PIN is empty" : $"the PIN is longer than {MaxBytes} bytes", "check its source");
        }

        var pin = arena.Allocate(trimmed.Length);
        trimmed.CopyTo(pin.Span);
        return pin;
    }

    protected abstract SecretBytes ReadRaw(SecretArena arena);

    private static SecretBytes ReadFile(string path, SecretArena arena)
    {
        try
        {
            return SecretFile.Read(path, arena, MaxBytes + 2);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PinException($"cannot read the PIN: {e.Message}", "check the path and the file's owner and mode", e);
        }
    }
}
