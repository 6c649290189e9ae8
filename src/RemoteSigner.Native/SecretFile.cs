namespace RemoteSigner.Native;

/// <summary>Reads small secret files straight into secret memory: no buffer, no string.</summary>
public static class SecretFile
{
    /// <summary>Reads the whole file, or a pipe to its end; 1 to <paramref name="mostBytes"/> bytes.</summary>
    /// <exception cref="IOException">It is missing, empty, unreadable or longer.</exception>
    public static SecretBytes Read(string path, SecretArena arena, int mostBytes)
    {
        using var file = File.OpenHandle(path);
        using var buffer = arena.Allocate(mostBytes + 1);
        var length = 0;
        while (length < buffer.Length && RandomAccess.Read(file, buffer.Span[length..], length) is var read and > 0)
        {
            length += read;
        }

        if (length == 0 || length > mostBytes)
        {
            throw new IOException($"{path} is {(length == 0 ? "empty" : $"longer than {mostBytes} bytes")}");
        }

        var secret = arena.Allocate(length);
        buffer.Span[..length].CopyTo(secret.Span);
        return secret;
    }
}
