using System.Security.Cryptography;
using RemoteSigner.Native;

namespace RemoteSigner.Sealing;

/// <summary>
/// A recovery key: an RSA key (at least 3072 bits) whose private half lies offline. The public half wraps in process with OAEP-SHA-256; the
/// private half is needed only on the day every token is lost. Its id is SHA-256 of the SubjectPublicKeyInfo (RFC 5280).
/// </summary>
public sealed class RecoveryKey : IKeyEncryptionKey, IDisposable
{
    private const int MinBits = 3072;
    private const int MaxBits = 8192;

    private readonly RSA _key;
    private readonly byte[] _id;
    private readonly SecretArena _arena;
    private readonly bool _opens;

    private RecoveryKey(RSA key, bool opens, string label, SecretArena arena)
    {
        if (key.KeySize is < MinBits or > MaxBits)
        {
            key.Dispose();
            throw Unusable($"it has {key.KeySize} bits", null);
        }

        (_key, _opens, Label, _arena, _id) = (key, opens, label, arena, SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
    }

    public VaultSlotType SlotType => VaultSlotType.Recovery;

    public ReadOnlyMemory<byte> Id => _id;

    public string Label { get; }

    public bool Opens => _opens;

    /// <summary>Reads a public key in PEM (SubjectPublicKeyInfo or PKCS#1).</summary>
    /// <exception cref="VaultException">It is no RSA public key of a lawful size.</exception>
    public static RecoveryKey FromPublicPem(string pem, string label, SecretArena arena) =>
        pem.Contains("PRIVATE KEY", StringComparison.Ordinal)
            ? throw Unusable("it is a private key, which belongs in a safe and not on this machine", null)
            : new RecoveryKey(Import(key => key.ImportFromPem(pem)), opens: false, label, arena);

    /// <summary>Reads the private key in PEM, for recovery only; encrypted PKCS#8 needs <paramref name="password"/>.</summary>
    /// <exception cref="VaultException">It is no RSA private key of a lawful size, or the password is wrong.</exception>
    public static RecoveryKey FromPrivatePem(SecretBytes pem, SecretBytes? password, string label, SecretArena arena) =>
        new(
            Import(key =>
            {
                SecretPem.Import(key, pem, password);
                RequirePrivate(key);
            }),
            opens: true,
            label,
            arena
        );

    public Task<byte[]> ReadPublicHalfAsync(CancellationToken cancellation) => Task.FromResult(_key.ExportSubjectPublicKeyInfo());

    public Task<byte[]> WrapAsync(SecretBytes rootKey, ReadOnlyMemory<byte> context, CancellationToken cancellation) =>
        Task.FromResult(PublicHalfKey.Wrap(_key, SlotType, rootKey, context.Span, _arena));

    public Task<SecretBytes> UnwrapAsync(
        ReadOnlyMemory<byte> wrapped,
        ReadOnlyMemory<byte> context,
        SecretArena arena,
        CancellationToken cancellation
    )
    {
        if (!_opens)
        {
            throw new VaultException(
                VaultFault.NoSlotOpens,
                $"the public half of the recovery key '{Label}' cannot open anything",
                "give the private key that lies offline"
            );
        }

        using var bound = arena.Allocate(_key.KeySize / 8);
        var length = Decrypt(wrapped.Span, bound.Span);
        SlotContext.Check(bound.Span[..length], context.Span);
        var rootKey = arena.Allocate(SlotContext.RootKeyLength);
        bound.Span[..SlotContext.RootKeyLength].CopyTo(rootKey.Span);
        return Task.FromResult(rootKey);
    }

    public void Dispose() => _key.Dispose();

    // A PEM of the public half is read without a word.
    private static void RequirePrivate(RSA key)
    {
        try
        {
            _ = key.Decrypt(key.Encrypt("private"u8.ToArray(), RSAEncryptionPadding.OaepSHA256), RSAEncryptionPadding.OaepSHA256);
        }
        catch (CryptographicException e)
        {
            throw new CryptographicException("it is the public half, which opens nothing", e);
        }
    }

    private static RSA Import(Action<RSA> import)
    {
        var key = RSA.Create();
        try
        {
            import(key);
            return key;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw Unusable(e.Message, e);
        }
    }

    private static VaultException Unusable(string why, Exception? cause) =>
        new(
            VaultFault.WrongKey,
            $"cannot use this recovery key: {why}",
            $"give an RSA key of {MinBits} to {MaxBits} bits in PEM: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:4096",
            cause
        );

    private int Decrypt(ReadOnlySpan<byte> wrapped, Span<byte> bound)
    {
        try
        {
            return _key.Decrypt(wrapped, bound, RSAEncryptionPadding.OaepSHA256);
        }
        catch (CryptographicException e)
        {
            throw SlotContext.WrongKey(e);
        }
    }
}
