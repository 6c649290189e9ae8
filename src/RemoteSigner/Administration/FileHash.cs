using System.Security.Cryptography;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration;

/// <summary>SHA-256 of files and of what is about to be one.</summary>
internal static class FileHash
{
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Root Of(string path)
    {
        using var file = File.OpenRead(path);
        return new Root(SHA256.HashData(file));
    }

    public static Root Of(ReadOnlySpan<byte> content) => new(SHA256.HashData(content));
}
