using System.Security.Cryptography;

namespace RemoteSigner.Tpm2;

/// <summary>What kind of session TPM2_StartAuthSession makes (TPM_SE, Part 2 §6.11).</summary>
internal enum TpmSe
{
    HMAC = 0,
    Policy = 1,
    Trial = 3,
}

/// <summary>
/// A session (TPM 2.0 Library Part 1 §19): its key comes from a salt that only the pinned storage key can open, so every response's HMAC
/// proves that this TPM gave it, and the first parameter of command and response, where there is a secret, is encrypted with AES-128-CFB
/// (Part 1 §21). Flushed and its key zeroed when disposed. Not for two commands at once.
/// </summary>
public sealed class TpmSession : TpmAuthorization, IDisposable
{
    private const byte ContinueSession = 0x01,
        Decrypt = 0x20,
        Encrypt = 0x40;

    private readonly Tpm _tpm;
    private readonly TpmSe _kind;
    private readonly PinnedBytes _key;
    private readonly byte[] _nonceCaller;
    private byte[] _nonceTpm;
    private PinnedBytes _authValue = new(0);
    private bool _needsAuthValue;
    private byte _attributes = ContinueSession;
    private bool _disposed;

    internal TpmSession(Tpm tpm, TpmSe kind, uint handle, PinnedBytes key, byte[] nonceCaller, byte[] nonceTpm) =>
        (_tpm, _kind, Handle, _key, _nonceCaller, _nonceTpm) = (tpm, kind, handle, key, nonceCaller, nonceTpm);

    /// <summary>Are parameters encrypted wherever the command allows? Clear it only to show what the bus would carry.</summary>
    public bool EncryptsParameters { get; set; } = true;

    internal uint Handle { get; }

    internal TpmEntity Entity => TpmEntity.OfHandle(Handle);

    internal ReadOnlySpan<byte> NonceTpm => _nonceTpm;

    /// <summary>
    /// The authorization value of what the next commands use: of the NV index, of the parent key, or the PIN after PolicyAuthValue. Kept
    /// until it is set anew; empty at first. A copy is made, and zeroed with the session.
    /// </summary>
    public void SetAuthValue(ReadOnlySpan<byte> authValue)
    {
        _authValue.Dispose();
        _authValue = PinnedBytes.Of(Significant(authValue));
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _tpm.FlushIfReachable(Handle);
        _key.Dispose();
        _authValue.Dispose();
    }

    /// <summary>
    /// TPM2_PolicyAuthValue was run: from now on the HMAC must prove the authorization value too, until the policy is used up.
    /// </summary>
    internal void NeedAuthValue() => _needsAuthValue = true;

    /// <summary>A new nonce for the next command, and what it encrypts.</summary>
    internal void Begin(bool decrypt, bool encrypt)
    {
        RandomNumberGenerator.Fill(_nonceCaller);
        _attributes = (byte)(ContinueSession | (decrypt ? Decrypt : 0) | (encrypt ? Encrypt : 0));
    }

    internal void EncryptParameter(Span<byte> parameter) => Hide(parameter, _nonceCaller, _nonceTpm, encrypt: true);

    internal void DecryptParameter(Span<byte> parameter) => Hide(parameter, _nonceTpm, _nonceCaller, encrypt: false);

    internal override void WriteCommand(ref TpmWriter writer, ReadOnlySpan<byte> cpHash, ReadOnlySpan<byte> otherNonces)
    {
        Span<byte> hmac = stackalloc byte[32];
        Hmac(cpHash, _nonceCaller, _nonceTpm, otherNonces, _attributes, hmac);
        writer.UInt32(Handle);
        writer.Sized(_nonceCaller);
        writer.UInt8(_attributes);
        writer.Sized(hmac);
    }

    internal override void CheckResponse(ref TpmReader reader, ReadOnlySpan<byte> rpHash, TpmCc command)
    {
        Span<byte> expected = stackalloc byte[32];
        _nonceTpm = reader.Sized().ToArray();
        var attributes = reader.UInt8();
        Hmac(rpHash, _nonceTpm, _nonceCaller, [], attributes, expected);
        if (!CryptographicOperations.FixedTimeEquals(reader.Sized(), expected))
        {
            throw new TpmIntegrityException(
                TpmIntegrityFault.ResponseHmac,
                $"the answer to TPM2_{command} has a wrong HMAC: it was changed on its way, "
                    + "or does not come from the TPM this session was opened with"
            );
        }

        // A policy is good for one authorization: its use resets the session (Part 1 §19.7.9).
        _needsAuthValue = false;
    }

    /// <summary>
    /// Part 1 §19.6.5: HMAC over the parameter hash, the newer nonce, the older one, nonces of other encrypting sessions, and the
    /// attributes.
    /// </summary>
    private void Hmac(
        ReadOnlySpan<byte> parameterHash,
        ReadOnlySpan<byte> newer,
        ReadOnlySpan<byte> older,
        ReadOnlySpan<byte> otherNonces,
        byte attributes,
        Span<byte> hmac
    )
    {
        using var key = SessionValue(_kind == TpmSe.HMAC || _needsAuthValue);
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key.Span);
        hash.AppendData(parameterHash);
        hash.AppendData(newer);
        hash.AppendData(older);
        hash.AppendData(otherNonces);
        hash.AppendData([attributes]);
        hash.GetHashAndReset(hmac);
    }

    private void Hide(Span<byte> parameter, ReadOnlySpan<byte> newer, ReadOnlySpan<byte> older, bool encrypt)
    {
        using var key = SessionValue(withAuthValue: true);
        using var keyAndIv = new PinnedBytes(32);
        Kdf.KDFa(key.Span, "CFB"u8, newer, older, keyAndIv.Span);
        Kdf.Cfb(keyAndIv.Span, parameter, encrypt);
    }

    private PinnedBytes SessionValue(bool withAuthValue)
    {
        var authValue = withAuthValue ? _authValue.Span : [];
        var value = new PinnedBytes(_key.Span.Length + authValue.Length);
        _key.Span.CopyTo(value.Span);
        authValue.CopyTo(value.Span[_key.Span.Length..]);
        return value;
    }
}
