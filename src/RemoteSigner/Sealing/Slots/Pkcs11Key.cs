using System.Security.Cryptography;
using Net.Pkcs11Interop.Common;
using RemoteSigner.Native;
using RemoteSigner.Sealing.Pkcs11;

namespace RemoteSigner.Sealing;

/// <summary>
/// A key-encryption key in a PKCS#11 token, found by its <c>CKA_ID</c>. RSA wraps in process with the public key and unwraps by one
/// <c>C_Decrypt</c>; AES-GCM does both in the token.
/// </summary>
public sealed class Pkcs11Key : IKeyEncryptionKey
{
    private readonly Pkcs11Token _token;
    private readonly byte[] _id;
    private byte[]? _modulus;

    /// <summary>Names a key; whether the token has it shows at the first call.</summary>
    public Pkcs11Key(Pkcs11Token token, VaultSlotType slotType, ReadOnlySpan<byte> id, string label) =>
        (_token, SlotType, _id, Label) = (token, slotType, id.ToArray(), label);

    public VaultSlotType SlotType { get; }

    public ReadOnlyMemory<byte> Id => _id;

    public string Label { get; }

    /// <summary>The key that belongs to a vault's slot.</summary>
    public static Pkcs11Key Of(Pkcs11Token token, VaultSlot slot) => new(token, slot.Type, slot.KeyId.Span, slot.Label);

    /// <summary>
    /// The key of the first of a vault's slots that this token has; null when it has none. Looks for objects, makes no operation.
    /// </summary>
    /// <exception cref="TokenException">The token failed.</exception>
    public static Task<Pkcs11Key?> FindAsync(Pkcs11Token token, IEnumerable<VaultSlot> slots, CancellationToken cancellation = default)
    {
        var candidates = slots.Where(slot => slot.IsPkcs11).Select(slot => Of(token, slot)).ToList();
        return token.RunAsync(session => candidates.Find(key => session.Find(key.Kind, key._id) != 0), cancellation);
    }

    public Task<byte[]> ReadPublicHalfAsync(CancellationToken cancellation) =>
        SlotType == VaultSlotType.Pkcs11AesGcm
            ? Task.FromResult<byte[]>([])
            : _token.RunAsync(
                session =>
                {
                    using var rsa = ReadPublicKey(session);
                    return rsa.ExportSubjectPublicKeyInfo();
                },
                cancellation
            );

    public Task<byte[]> WrapAsync(SecretBytes rootKey, ReadOnlyMemory<byte> context, CancellationToken cancellation)
    {
        UseForRecovery();
        return _token.RunAsync(session => Wrap(session, rootKey, context.Span), cancellation);
    }

    public async Task<SecretBytes> UnwrapAsync(
        ReadOnlyMemory<byte> wrapped,
        ReadOnlyMemory<byte> context,
        SecretArena arena,
        CancellationToken cancellation
    )
    {
        UseForRecovery();
        try
        {
            return await _token.RunAsync(session => Unwrap(session, wrapped.Span, context.Span, arena), cancellation);
        }
        catch (TokenException e) when (e.Fault == TokenFault.InputRefused)
        {
            throw SlotContext.WrongKey(e);
        }
        catch (TokenException e) when (e is { MayBeOfInput: true, Fault: not TokenFault.DeviceLost })
        {
            // The token's own word for it, or another trouble: it has to give a known answer. A lost device was asked for one at each
            // further try.
            await ProveAsync(cancellation);
            throw SlotContext.WrongKey(e);
        }
    }

    /// <summary>Asks the token to undo what its key just made: proves that the way to it works, whatever the sessions say.</summary>
    /// <exception cref="TokenException">It does not.</exception>
    public Task ProveAsync(CancellationToken cancellation = default)
    {
        UseForRecovery();
        return _token.RunAsync(AnswerKnownQuestion, cancellation);
    }

    /// <summary>Takes the key away: what it sealed opens no more.</summary>
    /// <exception cref="TokenException">The token failed.</exception>
    public Task DiscardAsync()
    {
        _token.KnownAnswer = null;
        return _token.RunOnceAsync(
            session =>
            {
                KeyGeneration.Destroy(session, SlotType, _id);
                return true;
            },
            CancellationToken.None
        );
    }

    /// <summary>From now on the token proves its recovery with this key.</summary>
    internal void UseForRecovery() => _token.KnownAnswer = session => AnswerKnownQuestion(session);

    internal byte[] Wrap(Pkcs11Session session, SecretBytes rootKey, ReadOnlySpan<byte> context) =>
        SlotType == VaultSlotType.Pkcs11AesGcm
            ? GcmWrap.Wrap(session, Gcm, session.Get(CKO.CKO_SECRET_KEY, _id), rootKey, context)
            : WrapRsa(session, rootKey, context);

    internal SecretBytes Unwrap(Pkcs11Session session, ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> context, SecretArena arena) =>
        SlotType == VaultSlotType.Pkcs11AesGcm
            ? GcmWrap.Unwrap(session, Gcm, session.Get(CKO.CKO_SECRET_KEY, _id), wrapped, context, arena)
            : UnwrapRsa(session, wrapped, context, arena);

    private CKO Kind => SlotType == VaultSlotType.Pkcs11AesGcm ? CKO.CKO_SECRET_KEY : CKO.CKO_PRIVATE_KEY;

    private HsmAesGcm Gcm =>
        _token.Profile.AesGcm
        ?? throw new TokenException(
            TokenFault.MechanismNotOffered,
            $"the profile {_token.Profile.Name} does not say how the token does AES-GCM",
            "add aesGcm to the profile"
        );

    private byte[] WrapRsa(Pkcs11Session session, SecretBytes rootKey, ReadOnlySpan<byte> context)
    {
        using var rsa = ReadPublicKey(session);
        return PublicHalfKey.Wrap(rsa, SlotType, rootKey, context, _token.Arena);
    }

    // Once: what was tried is what is wrapped for. Whoever asked for the key to be made chose its exponent, which not every token keeps
    // beside a private one.
    private RSA ReadPublicKey(Pkcs11Session session) =>
        RSA.Create(new RSAParameters { Modulus = _modulus ??= ReadModulus(session), Exponent = KeyGeneration.PublicExponent });

    // Of the private object, which is behind the login: a public one of the same id anybody may write.
    private byte[] ReadModulus(Pkcs11Session session)
    {
        var source = _token.Profile.Rsa.PublicHalf;
        try
        {
            return session.ReadAttribute(
                session.Get(source == HsmPublicHalf.Private ? CKO.CKO_PRIVATE_KEY : CKO.CKO_PUBLIC_KEY, _id),
                CKA.CKA_MODULUS
            );
        }
        catch (TokenException refused) when (source == HsmPublicHalf.Private && refused.Fault == TokenFault.Refused)
        {
            throw new TokenException(
                TokenFault.Refused,
                $"the token does not say the modulus of a private key: {refused.Message}",
                "where it has it in the public object alone, which anybody may be able to "
                    + "replace, say so in a profile of your own: rsa.publicHalf",
                refused
            );
        }
    }

    private SecretBytes UnwrapRsa(Pkcs11Session session, ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> context, SecretArena arena)
    {
        var key = session.Get(CKO.CKO_PRIVATE_KEY, _id);
        using var bound = session.Decrypt(Mechanism.Oaep(SlotType == VaultSlotType.Pkcs11RsaOaepSha256), key, wrapped.ToArray(), arena);
        SlotContext.Check(bound.Span, context);
        var rootKey = arena.Allocate(SlotContext.RootKeyLength);
        bound.Span[..SlotContext.RootKeyLength].CopyTo(rootKey.Span);
        return rootKey;
    }

    /// <summary>True, or a <see cref="TokenException"/>.</summary>
    internal bool AnswerKnownQuestion(Pkcs11Session session)
    {
        using var question = _token.Arena.Allocate(SlotContext.RootKeyLength);
        RandomNumberGenerator.Fill(question.Span);
        using var answer = Unwrap(session, Wrap(session, question, "known answer"u8), "known answer"u8, _token.Arena);
        if (!CryptographicOperations.FixedTimeEquals(question.Span, answer.Span))
        {
            throw new TokenException(
                TokenFault.Refused,
                $"the token '{_token.Address.Label}' gave a wrong answer to a known question",
                "do not use this token: its key or its module is broken"
            );
        }

        return true;
    }
}
