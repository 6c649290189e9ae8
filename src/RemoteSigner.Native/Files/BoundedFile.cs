namespace RemoteSigner.Native;

/// <summary>
/// Files that come from elsewhere, read within a bound: their length is somebody's claim, and of a pipe or a pseudo file there is none.
/// </summary>
public static class BoundedFile
{
    /// <summary>Enough for anything that a person hands over: evidence with its event log, certificates, a list of keys.</summary>
    public const int Usual = 16 << 20;

    /// <summary>The whole file.</summary>
    /// <exception cref="IOException">It has more than <paramref name="most"/> bytes, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static byte[] ReadAllBytes(string path, int most = Usual)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read);
        if (file.CanSeek && file.Length > most)
        {
            throw TooLarge(path, most);
        }

        // One more than what its length says, and than the bound, shows what came while it was read.
        var bytes = new byte[Math.Min(most, file.CanSeek && file.Length > 0 ? file.Length : most) + 1];
        var length = 0;
        for (int read; (read = file.Read(bytes, length, bytes.Length - length)) > 0; )
        {
            length += read;
            if (length > most)
            {
                throw TooLarge(path, most);
            }

            if (length == bytes.Length)
            {
                Array.Resize(ref bytes, (int)Math.Min(2L * length, most + 1L));
            }
        }

        return bytes[..length];
    }

    /// <summary>The same as text, in UTF-8.</summary>
    public static string ReadAllText(string path, int most = Usual)
    {
        using var reader = new StreamReader(new MemoryStream(ReadAllBytes(path, most), writable: false));
        return reader.ReadToEnd();
    }

    private static IOException TooLarge(string path, int most) => new($"{path} has more than {most} bytes, and no more are read");
}
