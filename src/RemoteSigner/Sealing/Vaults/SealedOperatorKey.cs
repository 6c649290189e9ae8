using System.Buffers.Binary;
using System.Security.Cryptography;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Native;

namespace RemoteSigner.Sealing;

/// <summary>
/// The file of an SSV operator's sealed RSA key, as <c>Sealing/README.md</c> lays it out. It stands beside the vault, under the vault's
/// root key.
/// </summary>
internal static class SealedOperatorKey
{
    private const ushort Version = 1;
    private const int SaltLength = 32;
    private const int TagLength = 16;
    private const int MaxPublicKey = 512;
    private const int MaxBytes = 4096;

    private static ReadOnlySpan<byte> Magic => "RSOPKEY\n"u8;

    public static string PathBeside(string vault) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(vault))!, "operator-key");

    public static byte[] Seal(OperatorKey key, VaultRootKey rootKey)
    {
        using var arena = new SecretArena();
        using var secret = key.CopyPkcs1(arena);
        var salt = RandomNumberGenerator.GetBytes(SaltLength);
        var before = Before(key.PublicKey, salt);
        return [.. before, .. rootKey.SealOperator(secret, salt, before)];
    }

    public static OperatorKey? Open(string path, SecretArena arena, VaultRootKey rootKey)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var bytes = ReadBytes(path);
        var reader = new VaultReader(bytes);
        var publicKey = ReadPublicKey(ref reader);
        var salt = reader.Take(SaltLength);
        var before = bytes.AsSpan(0, reader.Position);
        try
        {
            using var secret = rootKey.OpenOperator(reader.Rest.Length > TagLength ? reader.Rest : new byte[TagLength + 1], salt, before);
            var key = OperatorKey.FromPkcs1(arena, secret.Span);
            return key.PublicKey.Equals(publicKey) ? key : throw Wrong(path, null);
        }
        catch (CryptographicException e)
        {
            throw Wrong(path, e);
        }
    }

    /// <summary>The public key that the file claims, without a proof; null when there is no file.</summary>
    public static OperatorPublicKey? ReadPublicKey(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var reader = new VaultReader(ReadBytes(path));
        return ReadPublicKey(ref reader);
    }

    private static OperatorPublicKey ReadPublicKey(ref VaultReader reader)
    {
        if (!reader.Rest.StartsWith(Magic))
        {
            throw new VaultException(
                VaultFault.NotAVault,
                "the file is no sealed operator key",
                "such a file begins with RSOPKEY: move this one away; 'remote-signer operator import --key FILE' seals the key anew"
            );
        }

        reader.Take(Magic.Length);
        var version = reader.UInt16();
        if (version != Version)
        {
            throw new VaultException(
                VaultFault.UnsupportedVersion,
                $"the operator key has format version {version}, this program reads {Version}",
                "use the program that wrote it, or a later one"
            );
        }

        return OperatorPublicKey.FromDer(reader.Take((int)VaultReader.Count(reader.UInt16(), 1, MaxPublicKey, "bytes of a public key")))
            ?? throw VaultReader.Malformed("its public key is no RSA key of 2048 bits");
    }

    private static byte[] Before(OperatorPublicKey key, byte[] salt)
    {
        var numbers = new byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(numbers, Version);
        BinaryPrimitives.WriteUInt16BigEndian(numbers.AsSpan(2), (ushort)key.SubjectPublicKeyInfo.Length);
        return [.. Magic, .. numbers, .. key.SubjectPublicKeyInfo, .. salt];
    }

    private static byte[] ReadBytes(string path)
    {
        try
        {
            return new FileInfo(path).Length <= MaxBytes
                ? BoundedFile.ReadAllBytes(path, MaxBytes)
                : throw VaultReader.Malformed($"it has more than {MaxBytes} bytes");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new VaultException(
                VaultFault.Unreadable,
                $"cannot read the operator key {path}: {e.Message}",
                "run as the user that owns the file",
                e
            );
        }
    }

    private static VaultException Wrong(string path, Exception? cause) =>
        new(
            VaultFault.WrongOperatorKey,
            $"the operator key {path} does not open in this vault",
            "it was changed, or is of another vault, or of another root key of this one: restore it from a backup, or "
                + "'remote-signer operator import --key FILE' puts the key in its place; without it, move it away",
            cause
        );
}
