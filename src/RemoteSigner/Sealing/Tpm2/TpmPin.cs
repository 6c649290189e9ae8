using System.Security.Cryptography;
using RemoteSigner.Native;

namespace RemoteSigner.Sealing.Tpm2;

/// <summary>
/// The PIN of the TPM slots that want one, at most 32 bytes, read when it is first needed. One that was refused is not sent again until a
/// person gives another.
/// </summary>
internal sealed class TpmPin(PinSource source, SecretArena arena) : IDisposable
{
    private const int MaxBytes = 32;

    private readonly Lock _gate = new();
    private SecretBytes? _pin;
    private bool _refused;

    public bool IsRefused
    {
        get
        {
            lock (_gate)
            {
                return _refused;
            }
        }
    }

    /// <exception cref="SealingTpmException">It was refused before.</exception>
    /// <exception cref="PinException">There is none, or it is too long.</exception>
    public SecretBytes Get()
    {
        lock (_gate)
        {
            return _refused
                ? throw new SealingTpmException(
                    SealingTpmFault.WrongPin,
                    "the TPM refused the PIN before, and it is not sent again",
                    "correct the PIN where tpm.pin says, then reload, or restart where the keys were never open: each wrong one counts"
                )
                : _pin ??= Checked(source.Read(arena));
        }
    }

    public void Refuse()
    {
        lock (_gate)
        {
            _refused = true;
        }
    }

    public void Give(SecretBytes pin)
    {
        lock (_gate)
        {
            _refused &= _pin is not null && CryptographicOperations.FixedTimeEquals(_pin.Span, pin.Span);
            _pin?.Dispose();
            _pin = Checked(pin);
        }
    }

    public void Dispose() => _pin?.Dispose();

    private static SecretBytes Checked(SecretBytes pin)
    {
        if (pin.Length <= MaxBytes)
        {
            return pin;
        }

        pin.Dispose();
        throw new PinException($"the PIN for the TPM is longer than {MaxBytes} bytes", "choose a shorter one");
    }
}
