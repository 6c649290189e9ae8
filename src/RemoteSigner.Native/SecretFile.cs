namespace RemoteSigner.Native;

/// <summary>Small secret files from and to secret memory: no buffer, no string.</summary>
public static class SecretFile
{
    /// <summary>Reads the whole file, or a pipe to its end; 1 to <paramref name="maxBytes"/> bytes.</summary>
    /// <exception cref="IOException">It is missing, empty, unreadable or longer.</exception>
    public static SecretBytes Read(string path, SecretArena arena, int maxBytes)
    {
        using var file = File.OpenHandle(path);
        using var buffer = arena.Allocate(maxBytes + 1);
        var length = 0;
        while (length < buffer.Length && RandomAccess.Read(file, buffer.Span[length..], length) is var read and > 0)
        {
            length += read;
        }

        if (length == 0 || length > maxBytes)
        {
            throw new IOException($"{path} is {(length == 0 ? "empty" : $"longer than {maxBytes} bytes")}");
        }

        var secret = arena.Allocate(length);
        buffer.Span[..length].CopyTo(secret.Span);
        return secret;
    }

    /// <summary>Writes a new file with mode 0600; nothing that is there is overwritten.</summary>
    /// <exception cref="IOException">There is a file already, or it cannot be written.</exception>
    public static void Write(string path, SecretBytes secret)
    {
        using var file = new FileStream(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                BufferSize = 0,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }
        );
        file.Write(secret.Span);
    }
}
