using System.Security.Cryptography;
using Net.Pkcs11Interop.Common;
using RemoteSigner.Native;

namespace RemoteSigner.Sealing.Pkcs11;

/// <summary>
/// The PIN of one token in secret memory, and what the token said to it, because each wrong try may lock the token: a refused PIN is never
/// sent again, not even when it is given again, and while one login has not come back no other is sent.
/// </summary>
internal sealed class TokenPin(string label, SecretBytes? pin, TimeSpan timeout, TimeProvider time) : IDisposable
{
    private const string UnclearHint =
        "nobody knows whether this counted as a wrong try, so the PIN is not sent again: "
        + "look at the token with the vendor's tool, then restart the signer";

    private readonly object _gate = new();
    private SecretBytes? _pin = pin;
    private volatile TokenException? _refusal;
    private bool _sent;
    private bool _sending;
    private bool _givenAgain;
    private bool _disposed;
    private long _sentAt;

    /// <summary>False when the token wants none.</summary>
    internal bool IsWanted => _pin is not null;

    internal bool IsRefused => _refusal is not null;

    /// <summary>Takes over a PIN. The one the token refused, given again, changes nothing.</summary>
    internal void Give(SecretBytes another)
    {
        lock (_gate)
        {
            _givenAgain = !_disposed && _refusal is not null && _sent && IsCurrent(another.Span);
            if (_disposed || _givenAgain)
            {
                another.Dispose();
                return;
            }

            _pin?.Dispose();
            (_pin, _refusal) = (another, null);
        }
    }

    /// <exception cref="TokenException">The token refused this PIN.</exception>
    internal void RefuseRefused()
    {
        lock (_gate)
        {
            if (_refusal is { } refusal)
            {
                var what = _givenAgain
                    ? "was given again, but it is the same PIN as before, which was refused: it"
                    : "was refused before and";
                throw new TokenException(refusal.Fault, $"the PIN of the token '{label}' {what} is not sent again", refusal.Hint, refusal);
            }
        }
    }

    /// <summary>
    /// Refuses before anything is sent; the same PIN may be given again once the token is mended, as the flags are looked at again first.
    /// </summary>
    /// <exception cref="TokenException">The token says that the PIN is locked or has one try left.</exception>
    internal void RefuseLocked(ulong flags)
    {
        if ((flags & (CKF.CKF_USER_PIN_LOCKED | CKF.CKF_USER_PIN_FINAL_TRY)) != 0)
        {
            var locked = new TokenException(
                TokenFault.PinLocked,
                "the PIN is locked or has only one try left, so it was not sent",
                "log in once with the vendor's tool, or have the security officer unlock the PIN; then reload, or "
                    + "restart where the keys were never open"
            );
            lock (_gate)
            {
                (_refusal, _sent) = (locked, false);
            }

            throw locked;
        }
    }

    /// <summary>Sends the PIN by <paramref name="login"/>, which must not keep it, and judges the answer.</summary>
    /// <exception cref="TokenException">The token refused it or is lost, or another login hangs; in the last case nothing was
    /// sent.</exception>
    /// <exception cref="ObjectDisposedException">The PIN is gone; nothing was sent.</exception>
    internal void Send(Func<byte[], CKR> login)
    {
        var copy = Take();
        try
        {
            Judge(login(copy), copy);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(copy);
            lock (_gate)
            {
                _sending = false;
                Monitor.PulseAll(_gate);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _pin?.Dispose();
        }
    }

    // Under the gate nobody can zero the PIN: a thread that was stuck meets it whole or not at all.
    private byte[] Take()
    {
        lock (_gate)
        {
            AwaitTurn();
            RefuseRefused();
            ObjectDisposedException.ThrowIf(_disposed, this);
            var copy = GC.AllocateUninitializedArray<byte>(_pin!.Length, pinned: true);
            _pin.CopyTo(copy);
            (_sending, _sentAt) = (true, time.GetTimestamp());
            return copy;
        }
    }

    private void AwaitTurn()
    {
        while (_sending)
        {
            var left = timeout - time.GetElapsedTime(_sentAt);
            if (left <= TimeSpan.Zero)
            {
                throw new TokenException(
                    TokenFault.Hung,
                    $"a login to the token '{label}' has not come back, and no second one is sent meanwhile",
                    "check the device and its network; a login whose answer nobody knows may have been a wrong try"
                );
            }

            Monitor.Wait(_gate, left);
        }
    }

    private void Judge(CKR answer, byte[] sent)
    {
        if (answer is CKR.CKR_OK or CKR.CKR_USER_ALREADY_LOGGED_IN)
        {
            return;
        }

        var fault = ReturnValue.Fault(answer, "log in");
        if (IsTransportLoss(answer))
        {
            throw fault;
        }

        var refusal = fault.Fault is TokenFault.WrongPin or TokenFault.PinLocked or TokenFault.PinExpired
            ? fault
            : new TokenException(TokenFault.WrongPin, $"{fault.Message}, which is taken for a refusal of the PIN", UnclearHint, answer);
        Keep(refusal, sent);
        throw refusal;
    }

    // Another PIN may have been given while the refused one was on its way.
    private void Keep(TokenException refusal, byte[] sent)
    {
        lock (_gate)
        {
            if (!_disposed && IsCurrent(sent))
            {
                (_refusal, _sent) = (refusal, true);
            }
        }
    }

    private bool IsCurrent(ReadOnlySpan<byte> other) => _pin is not null && CryptographicOperations.FixedTimeEquals(_pin.Span, other);

    private static bool IsTransportLoss(CKR answer) =>
        answer
            is CKR.CKR_DEVICE_ERROR
                or CKR.CKR_DEVICE_REMOVED
                or CKR.CKR_TOKEN_NOT_PRESENT
                or CKR.CKR_SESSION_HANDLE_INVALID
                or CKR.CKR_SESSION_CLOSED
                or CKR.CKR_CRYPTOKI_NOT_INITIALIZED
                or CKR.CKR_HOST_MEMORY
                or CKR.CKR_DEVICE_MEMORY;
}
