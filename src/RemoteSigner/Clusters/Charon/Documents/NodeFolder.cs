using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using RemoteSigner.Native;

namespace RemoteSigner.Clusters.Charon;

/// <summary>
/// The folder of one Charon node (<c>.charon</c>): <c>cluster-lock.json</c>, <c>charon-enr-private-key</c>, and in <c>validator_keys</c>
/// for the validator at position N of the lock <c>keystore-N.json</c> with its password in <c>keystore-N.txt</c>.
/// </summary>
public sealed record NodeFolder(string Path)
{
    private const int KeyLength = 32;

    /// <summary>The lock; every node of a cluster has the same.</summary>
    public string LockFile => System.IO.Path.Combine(Path, "cluster-lock.json");

    /// <summary>The key that says which operator this is: 64 hexadecimal digits.</summary>
    public string NodeKeyFile => System.IO.Path.Combine(Path, "charon-enr-private-key");

    public string KeystoreFolder => System.IO.Path.Combine(Path, "validator_keys");

    /// <summary>The keystore of the validator at this position of the lock, counted from 0.</summary>
    public string KeystoreFile(int position) => System.IO.Path.Combine(KeystoreFolder, $"keystore-{position}.json");

    /// <summary>Every keystore that lies here, also those with cheap encryption that Charon makes for tests.</summary>
    public IReadOnlyList<string> FindKeystores() =>
        Directory.Exists(KeystoreFolder)
            ? [.. Directory.EnumerateFiles(KeystoreFolder, "keystore-*.json").Order(StringComparer.Ordinal)]
            : [];

    /// <summary>The same with cheap encryption: <c>keystore-insecure-N.json</c>.</summary>
    public string InsecureKeystoreFile(int position) => System.IO.Path.Combine(KeystoreFolder, $"keystore-insecure-{position}.json");

    public string InsecurePasswordFile(int position) => System.IO.Path.Combine(KeystoreFolder, $"keystore-insecure-{position}.txt");

    public string PasswordFile(int position) => System.IO.Path.Combine(KeystoreFolder, $"keystore-{position}.txt");

    /// <summary>
    /// The public half (33 bytes, compressed) of the node's key, for <see cref="ClusterDefinition.FindShareIndex"/>. The private half is
    /// wiped before this returns.
    /// </summary>
    /// <exception cref="ClusterFileException">The file does not hold a key.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public ImmutableArray<byte> ReadNodeKey(SecretArena arena)
    {
        const int Longest = 80;
        using var text = SecretFile.Read(NodeKeyFile, arena, Longest);
        // The import below takes a managed array and nothing else.
        var secret = GC.AllocateUninitializedArray<byte>(KeyLength, pinned: true);
        try
        {
            var digits = text.Span.TrimEnd(" \r\n"u8);
            return
                Convert.FromHexString(digits, secret, out var read, out var written) == OperationStatus.Done
                && read == digits.Length
                && written == KeyLength
                ? PublicHalf(secret)
                : throw NoKey(null);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private ImmutableArray<byte> PublicHalf(byte[] secret)
    {
        try
        {
            using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.CreateFromFriendlyName("secp256k1"), D = secret });
            var point = key.ExportParameters(includePrivateParameters: false).Q;
            return [(byte)(2 + (point.Y![^1] & 1)), .. point.X!];
        }
        // Zero, or not below the order of the curve.
        catch (CryptographicException e)
        {
            throw NoKey(e);
        }
    }

    private ClusterFileException NoKey(Exception? cause) =>
        new(
            ClusterFileFault.NodeKey,
            $"{NodeKeyFile} holds no secp256k1 key of 64 hexadecimal digits",
            "give the folder in which 'charon dkg' or 'charon create enr' left its key",
            cause
        );
}
