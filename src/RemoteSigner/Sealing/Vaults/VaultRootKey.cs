using System.Buffers.Binary;
using System.Security.Cryptography;
using RemoteSigner.Clusters;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Sealing;

/// <summary>
/// The 32 random bytes everything in one vault hangs on, in secret memory, and the keys derived from them (HKDF-SHA-256, RFC 5869).
/// </summary>
/// <param name="epoch">How many root keys the vault had before.</param>
internal sealed class VaultRootKey(SecretArena arena, SecretBytes bytes, byte[] vaultId, uint epoch) : IDisposable
{
    private static ReadOnlySpan<byte> HeaderUse => "remote-signer/vault/header/v1"u8;

    private static ReadOnlySpan<byte> RecordUse => "remote-signer/vault/record/v1"u8;

    private static ReadOnlySpan<byte> SlotUse => "remote-signer/vault/slot/v1"u8;

    private static ReadOnlySpan<byte> OperatorUse => "remote-signer/vault/operator/v1"u8;

    private static ReadOnlySpan<byte> FenceRecordUse => "remote-signer/fence/record/v1"u8;

    private static ReadOnlySpan<byte> FenceAnchorUse => "remote-signer/fence/witness/v1"u8;

    private static ReadOnlySpan<byte> AnchorUse => "remote-signer/cluster/anchor/v1"u8;

    private static ReadOnlySpan<byte> FormerUse => "remote-signer/vault/former/v1"u8;

    private static ReadOnlySpan<byte> CommitmentUse => "remote-signer/vault/commitment/v1"u8;

    internal SecretBytes Bytes => bytes;

    internal uint Epoch => epoch;

    internal SecretArena Arena => arena;

    /// <summary>What a slot of this type in this vault is bound to, so that it opens in no other.</summary>
    internal static byte[] ContextOf(VaultSlotType type, ReadOnlySpan<byte> vaultId) =>
        SHA256.HashData([.. Prefixed(SlotUse), .. Prefixed(vaultId), (byte)type]);

    internal static VaultRootKey Generate(SecretArena arena, byte[] vaultId, uint epoch = 0)
    {
        var key = arena.Allocate(SlotContext.RootKeyLength);
        RandomNumberGenerator.Fill(key.Span);
        return new VaultRootKey(arena, key, vaultId, epoch);
    }

    /// <summary>
    /// The root key before this one, sealed under this one (80 bytes: salt, key, tag): until everything beside the vault has followed.
    /// </summary>
    internal byte[] SealFormer(VaultRootKey former)
    {
        var salt = RandomNumberGenerator.GetBytes(VaultRecord.SaltLength);
        var cipher = new byte[KeyLength + TagLength];
        using var key = Derive(salt, FormerUse);
        using var aes = new AesGcm(key.Span, TagLength);
        aes.Encrypt(
            Nonce,
            former.Bytes.Span,
            cipher.AsSpan(0, KeyLength),
            cipher.AsSpan(KeyLength),
            [.. Prefixed(FormerUse), .. Prefixed(vaultId)]
        );
        return [.. salt, .. cipher];
    }

    /// <summary>Opens it again; null where it was not sealed under this one. The caller disposes it.</summary>
    internal VaultRootKey? OpenFormer(ReadOnlySpan<byte> former)
    {
        if (former.Length != VaultRecord.SaltLength + KeyLength + TagLength || epoch == 0)
        {
            return null;
        }

        var (salt, cipher) = (former[..VaultRecord.SaltLength].ToArray(), former[VaultRecord.SaltLength..].ToArray());
        var secret = arena.Allocate(KeyLength);
        try
        {
            using var key = Derive(salt, FormerUse);
            using var aes = new AesGcm(key.Span, TagLength);
            aes.Decrypt(
                Nonce,
                cipher.AsSpan(..KeyLength),
                cipher.AsSpan(KeyLength..),
                secret.Span,
                [.. Prefixed(FormerUse), .. Prefixed(vaultId)]
            );
            return new VaultRootKey(arena, secret, vaultId, epoch - 1);
        }
        catch (AuthenticationTagMismatchException)
        {
            secret.Dispose();
            return null;
        }
    }

    /// <summary>HMAC-SHA-256 of everything before it in the file; it also commits to this key.</summary>
    internal byte[] Authenticate(ReadOnlySpan<byte> header)
    {
        using var key = Derive(vaultId, HeaderUse);
        return HMACSHA256.HashData(key.Span, header);
    }

    /// <summary>32 bytes that are this key's and no other's, and tell nothing of it.</summary>
    internal Root Commitment
    {
        get
        {
            Span<byte> commitment = stackalloc byte[KeyLength];
            HKDF.DeriveKey(HashAlgorithmName.SHA256, bytes.Span, commitment, vaultId, CommitmentUse);
            return new Root(commitment);
        }
    }

    /// <summary>The keys of the fence that goes with this vault.</summary>
    internal FenceKeys DeriveFenceKeys() => new(Derive(vaultId, FenceRecordUse), Derive(vaultId, FenceAnchorUse), epoch);

    /// <summary>The key of what is remembered of anchored documents.</summary>
    internal AnchorKey DeriveAnchorKey() => new(Derive(vaultId, AnchorUse));

    /// <summary>Seals a share.</summary>
    internal VaultRecord Seal(VaultShare share)
    {
        var bytes = VaultRecord.Begin(share.Listed, RandomNumberGenerator.GetBytes(VaultRecord.SaltLength));
        var record = new VaultRecord(share.Listed, bytes);
        var room = bytes.AsSpan(^VaultRecord.SealedLength..);
        using var scalar = arena.Allocate(BlsSecretKey.Length);
        share.Secret.WriteBigEndian(scalar);
        using var key = Derive(record.Salt, RecordUse);
        using var aes = new AesGcm(key.Span, TagLength);
        aes.Encrypt(Nonce, scalar.Span, room[..BlsSecretKey.Length], room[BlsSecretKey.Length..], Associated(record));
        return record;
    }

    /// <summary>Opens a record, whose secret is still to be compared with its key: see <see cref="Check"/>.</summary>
    /// <param name="room">64 bytes to work in; who opens many opens them all in the same, one after the other.</param>
    /// <exception cref="VaultException">It does not open.</exception>
    internal VaultShare Open(VaultRecord record, SecretBytes room)
    {
        var key = room.Span[..KeyLength];
        var scalar = room.Span[KeyLength..];
        try
        {
            HKDF.DeriveKey(HashAlgorithmName.SHA256, bytes.Span, key, record.Salt, RecordUse);
            using var aes = new AesGcm(key, TagLength);
            aes.Decrypt(Nonce, record.Sealed[..BlsSecretKey.Length], record.Sealed[BlsSecretKey.Length..], scalar, Associated(record));
            var listed = record.Listed;
            return new VaultShare(
                listed.ShareKey,
                listed.GroupKey,
                listed.Membership,
                listed.Label,
                BlsSecretKey.FromBigEndian(arena, scalar)
            );
        }
        catch (Exception e) when (e is AuthenticationTagMismatchException or ArgumentException)
        {
            throw WrongShare(record.ShareKey, e);
        }
    }

    /// <summary>Sees that secret·G1 is the share's key of all these shares, together; one by one only where they are not.</summary>
    /// <exception cref="VaultException">One does not match.</exception>
    internal void Check(ReadOnlySpan<VaultShare> shares)
    {
        var secrets = new BlsSecretKey[shares.Length];
        var publicKeys = new byte[shares.Length][];
        for (var i = 0; i < shares.Length; i++)
        {
            (secrets[i], publicKeys[i]) = (shares[i].Secret, shares[i].ShareKey.Bytes.ToArray());
        }

        if (!KeyPairBatch.Holds(arena, secrets, publicKeys))
        {
            foreach (var share in shares)
            {
                CheckAlone(share);
            }
        }
    }

    /// <summary>Seals an operator's key, bound to what stands before it in its file.</summary>
    internal byte[] SealOperator(SecretBytes secret, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> before)
    {
        var cipher = new byte[secret.Length + TagLength];
        using var key = Derive(salt, OperatorUse);
        using var aes = new AesGcm(key.Span, TagLength);
        aes.Encrypt(
            Nonce,
            secret.Span,
            cipher.AsSpan(0, secret.Length),
            cipher.AsSpan(secret.Length),
            [.. Prefixed(OperatorUse), .. Prefixed(vaultId), .. before]
        );
        return cipher;
    }

    /// <summary>Opens it again; the caller disposes it.</summary>
    /// <exception cref="AuthenticationTagMismatchException">It was changed, or sealed in another vault.</exception>
    internal SecretBytes OpenOperator(ReadOnlySpan<byte> cipher, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> before)
    {
        var secret = arena.Allocate(cipher.Length - TagLength);
        try
        {
            using var key = Derive(salt, OperatorUse);
            using var aes = new AesGcm(key.Span, TagLength);
            aes.Decrypt(
                Nonce,
                cipher[..secret.Length],
                cipher[secret.Length..],
                secret.Span,
                [.. Prefixed(OperatorUse), .. Prefixed(vaultId), .. before]
            );
            return secret;
        }
        catch
        {
            secret.Dispose();
            throw;
        }
    }

    /// <summary>Room to open records in.</summary>
    internal SecretBytes Room() => arena.Allocate(KeyLength + BlsSecretKey.Length);

    public void Dispose() => bytes.Dispose();

    private const int TagLength = 16;
    private const int KeyLength = 32;

    // Each record has a key of its own (its salt is new for each write), so a fixed nonce is used once.
    private static ReadOnlySpan<byte> Nonce => new byte[12];

    private static void CheckAlone(VaultShare share)
    {
        Span<byte> derived = stackalloc byte[BlsPublicKey.Length];
        share.Secret.WritePublicKey(derived);
        if (!derived.SequenceEqual(share.ShareKey.Bytes))
        {
            throw WrongShare(share.ShareKey, null);
        }
    }

    private static VaultException WrongShare(BlsPublicKey shareKey, Exception? cause) =>
        new(VaultFault.WrongShare, $"the record of {shareKey} does not open to its secret", "restore the vault from a backup", cause);

    private static byte[] Prefixed(ReadOnlySpan<byte> part) => [(byte)part.Length, .. part];

    // Associated data: vault id ‖ form ‖ description, each with its length.
    private byte[] Associated(VaultRecord record)
    {
        var form = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(form, record.Form);
        return [.. Prefixed(RecordUse), .. Prefixed(vaultId), .. form, .. record.Description];
    }

    private SecretBytes Derive(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> use)
    {
        var key = arena.Allocate(KeyLength);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, bytes.Span, key.Span, salt, use);
        return key;
    }
}
