using Net.Pkcs11Interop.Common;

namespace RemoteSigner.Sealing.Pkcs11;

/// <summary>
/// Reads the return values of PKCS#11 v3.0 §5.1 as faults; which value means which loss was measured on three software stacks.
/// </summary>
internal static class ReturnValue
{
    internal static void Check(CKR value, string doing)
    {
        if (value != CKR.CKR_OK)
        {
            throw Fault(value, doing);
        }
    }

    internal static TokenException Fault(CKR value, string doing, bool mayBeOfInput = false)
    {
        var (fault, hint) = Meaning(value);
        return new TokenException(fault, $"cannot {doing}: the token answered {value}", hint, value) { MayBeOfInput = mayBeOfInput };
    }

    /// <summary>
    /// The answer to sealed bytes. What tokens say of bad ones is anything, the code of a lost device included: a known answer tells the
    /// two apart.
    /// </summary>
    internal static void CheckOpened(CKR value)
    {
        if (value != CKR.CKR_OK)
        {
            throw Fault(value, "decrypt", mayBeOfInput: !IsOfTheWay(value));
        }
    }

    // The way to the key and not the bytes: who asks, by which session, and whether anybody is there.
    private static bool IsOfTheWay(CKR value) =>
        value
            is CKR.CKR_PIN_INCORRECT
                or CKR.CKR_PIN_LEN_RANGE
                or CKR.CKR_PIN_INVALID
                or CKR.CKR_PIN_LOCKED
                or CKR.CKR_PIN_EXPIRED
                or CKR.CKR_USER_PIN_NOT_INITIALIZED
                or CKR.CKR_USER_NOT_LOGGED_IN
                or CKR.CKR_SESSION_HANDLE_INVALID
                or CKR.CKR_SESSION_CLOSED
                or CKR.CKR_SESSION_COUNT
                or CKR.CKR_TOKEN_NOT_PRESENT
                or CKR.CKR_TOKEN_NOT_RECOGNIZED
                or CKR.CKR_SLOT_ID_INVALID
                or CKR.CKR_DEVICE_REMOVED
                or CKR.CKR_CRYPTOKI_NOT_INITIALIZED
                or CKR.CKR_HOST_MEMORY
                or CKR.CKR_DEVICE_MEMORY;

    private static (TokenFault Fault, string Hint) Meaning(CKR value) =>
        value switch
        {
            CKR.CKR_PIN_INCORRECT or CKR.CKR_PIN_LEN_RANGE or CKR.CKR_PIN_INVALID => (
                TokenFault.WrongPin,
                "give the right PIN; a wrong one is sent only once and not again after a "
                    + "reload, because tokens lock themselves after a few tries"
            ),
            CKR.CKR_PIN_LOCKED => (TokenFault.PinLocked, "the security officer must unlock the PIN with the vendor's tool"),
            CKR.CKR_PIN_EXPIRED or CKR.CKR_USER_PIN_NOT_INITIALIZED => (TokenFault.PinExpired, "set a new PIN with the vendor's tool"),
            CKR.CKR_MECHANISM_INVALID or CKR.CKR_MECHANISM_PARAM_INVALID or CKR.CKR_ARGUMENTS_BAD or CKR.CKR_FUNCTION_NOT_SUPPORTED => (
                TokenFault.MechanismNotOffered,
                "choose another mechanism in the HSM profile"
            ),
            CKR.CKR_ENCRYPTED_DATA_INVALID or CKR.CKR_ENCRYPTED_DATA_LEN_RANGE or CKR.CKR_DATA_INVALID or CKR.CKR_DATA_LEN_RANGE => (
                TokenFault.InputRefused,
                "the sealed bytes were changed, or sealed under another key"
            ),
            CKR.CKR_TOKEN_NOT_PRESENT or CKR.CKR_SLOT_ID_INVALID or CKR.CKR_TOKEN_NOT_RECOGNIZED => (
                TokenFault.DeviceLost,
                "insert or connect the token"
            ),
            CKR.CKR_DEVICE_ERROR
            or CKR.CKR_DEVICE_REMOVED
            or CKR.CKR_DEVICE_MEMORY
            or CKR.CKR_GENERAL_ERROR
            or CKR.CKR_FUNCTION_FAILED
            or CKR.CKR_HOST_MEMORY
            or CKR.CKR_CRYPTOKI_NOT_INITIALIZED
            or CKR.CKR_SESSION_HANDLE_INVALID
            or CKR.CKR_SESSION_CLOSED
            or CKR.CKR_OBJECT_HANDLE_INVALID
            or CKR.CKR_KEY_HANDLE_INVALID
            or CKR.CKR_USER_NOT_LOGGED_IN
            or CKR.CKR_OPERATION_ACTIVE
            or CKR.CKR_OPERATION_NOT_INITIALIZED
            or CKR.CKR_FUNCTION_CANCELED => (
                TokenFault.DeviceLost,
                "check the device, its cable or network and the vendor's log; the signer goes on trying with pauses"
            ),
            CKR.CKR_SESSION_COUNT => (TokenFault.Refused, "the token has no session left: close other programs that use it"),
            CKR.CKR_SESSION_READ_ONLY or CKR.CKR_TOKEN_WRITE_PROTECTED => (TokenFault.Refused, "the token is write-protected"),
            _ => (TokenFault.Refused, "look the code up in the vendor's manual"),
        };
}
