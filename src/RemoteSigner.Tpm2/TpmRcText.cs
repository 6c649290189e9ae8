namespace RemoteSigner.Tpm2;

/// <summary>What each response code means, in the words an operator needs (TPM 2.0 Library Part 2 tables 16 to 18).</summary>
internal static class TpmRcText
{
    public static string Of(TpmRc code) =>
        code switch
        {
            TpmRc.SUCCESS => "done",
            TpmRc.BAD_TAG => "the TPM is of version 1.2, or the command's tag is wrong",
            < TpmRc.INITIALIZE => OfFormatOne(code),
            < TpmRc.CONTEXT_GAP => OfError(code),
            _ => OfWarning(code),
        };

    private static string OfFormatOne(TpmRc code) =>
        code switch
        {
            TpmRc.ASYMMETRIC => "the asymmetric algorithm is not supported or not correct",
            TpmRc.ATTRIBUTES => "the attributes are inconsistent, or do not allow this use",
            TpmRc.HASH => "the hash algorithm is not supported or not appropriate",
            TpmRc.VALUE => "the value is out of range or not correct for the context",
            TpmRc.HIERARCHY => "the hierarchy is not enabled or not correct for this use",
            TpmRc.KEY_SIZE => "the key size is not supported",
            TpmRc.MGF => "the mask generation function is not supported",
            TpmRc.MODE => "the mode of operation is not supported",
            TpmRc.TYPE => "the type of the value is not appropriate for this use",
            TpmRc.HANDLE => "there is nothing at this handle, or not a thing of the right kind",
            TpmRc.KDF => "the key derivation function is not supported",
            TpmRc.RANGE => "the value is out of the allowed range",
            TpmRc.AUTH_FAIL => "the authorization value or its HMAC is wrong; the failure was counted towards the lockout",
            TpmRc.NONCE => "the nonce has a wrong size or value",
            TpmRc.PP => "the authorization needs physical presence",
            TpmRc.SCHEME => "the scheme is not supported or does not fit the key",
            TpmRc.SIZE => "the structure has a wrong size",
            TpmRc.SYMMETRIC => "the symmetric algorithm or key size is not supported",
            TpmRc.TAG => "the structure's tag is wrong",
            TpmRc.SELECTOR => "the union selector is wrong",
            TpmRc.INSUFFICIENT => "the command ended before all of its fields",
            TpmRc.SIGNATURE => "the signature is not valid, or is by another key",
            TpmRc.KEY => "the key's fields do not fit this use",
            TpmRc.POLICY_FAIL => "a policy check failed: the policy that was run is not the one the object was "
                + "made for (other PCR values, a revoked or missing approval)",
            TpmRc.INTEGRITY => "the integrity check failed: it was tampered with, or made by another TPM",
            TpmRc.TICKET => "the ticket is not valid",
            TpmRc.RESERVED_BITS => "reserved bits are not zero",
            TpmRc.BAD_AUTH => "the authorization value or its HMAC is wrong; the lockout does not count it",
            TpmRc.EXPIRED => "the policy has expired",
            TpmRc.POLICY_CC => "the policy is for another command",
            TpmRc.BINDING => "the public and the secret part do not belong together",
            TpmRc.CURVE => "the curve is not supported",
            TpmRc.ECC_POINT => "the point is not on the curve",
            TpmRc.FW_LIMITED => "the object is bound to another firmware of the TPM",
            TpmRc.SVN_LIMITED => "the object is bound to another security version of the TPM",
            TpmRc.CHANNEL => "the command needs a secure channel",
            TpmRc.CHANNEL_KEY => "the secure channel has no established key",
            _ => Unknown,
        };

    private static string OfError(TpmRc code) =>
        code switch
        {
            TpmRc.INITIALIZE => "the TPM awaits TPM2_Startup, or was started already",
            TpmRc.FAILURE => "the TPM is in failure mode; only a reset or a repair ends it",
            TpmRc.SEQUENCE => "a sequence handle is used in a wrong way",
            TpmRc.PRIVATE => "the private part is not allowed here",
            TpmRc.HMAC => "an HMAC is not allowed here",
            TpmRc.DISABLED => "the command is disabled",
            TpmRc.EXCLUSIVE => "an exclusive audit session is needed, and was interrupted",
            TpmRc.AUTH_TYPE => "this kind of authorization is not allowed for the entity",
            TpmRc.AUTH_MISSING => "the command needs an authorization session for its handle",
            TpmRc.POLICY => "the policy's condition does not hold (such as a revoked approval's counter)",
            TpmRc.PCR => "the PCR check failed",
            TpmRc.PCR_CHANGED => "a PCR has changed since it was checked",
            TpmRc.UPGRADE => "the TPM is in the middle of a firmware upgrade",
            TpmRc.TOO_MANY_CONTEXTS => "the context counter is used up; reset the TPM",
            TpmRc.AUTH_UNAVAILABLE => "the authorization value may not be used for this entity; its policy must be",
            TpmRc.REBOOT => "the TPM must be reset before it can go on",
            TpmRc.UNBALANCED => "the key's hash and symmetric algorithms are of different strength",
            TpmRc.COMMAND_SIZE => "the command's size field is wrong",
            TpmRc.COMMAND_CODE => "the TPM does not know the command",
            TpmRc.AUTHSIZE => "the authorization area's size is wrong",
            TpmRc.AUTH_CONTEXT => "a context command may not have an authorization session",
            TpmRc.NV_RANGE => "the offset and size lie outside the NV index",
            TpmRc.NV_SIZE => "the NV index cannot be that large",
            TpmRc.NV_LOCKED => "the NV index is locked",
            TpmRc.NV_AUTHORIZATION => "the NV index does not allow this authorization",
            TpmRc.NV_UNINITIALIZED => "the NV index was never written",
            TpmRc.NV_SPACE => "the TPM's NV memory is full",
            TpmRc.NV_DEFINED => "the NV index or persistent object exists already",
            TpmRc.BAD_CONTEXT => "the saved context is not valid",
            TpmRc.CPHASH => "the command is not the one the session was bound to",
            TpmRc.PARENT => "the parent is not a storage key",
            TpmRc.NEEDS_TEST => "the function needs a self-test first",
            TpmRc.NO_RESULT => "the result cannot be given for an unspecified reason",
            TpmRc.SENSITIVE => "the sensitive area did not decrypt to a well-formed one",
            _ => Unknown,
        };

    private static string OfWarning(TpmRc code) =>
        code switch
        {
            TpmRc.CONTEXT_GAP => "too many session contexts lie between the oldest and the newest",
            TpmRc.OBJECT_MEMORY => "no memory for another loaded object; flush one",
            TpmRc.SESSION_MEMORY => "no memory for another session; flush one",
            TpmRc.MEMORY => "the TPM has no memory left",
            TpmRc.SESSION_HANDLES => "no session handle is free; flush one",
            TpmRc.OBJECT_HANDLES => "no object handle is free; flush one",
            TpmRc.LOCALITY => "the command came from a wrong locality",
            TpmRc.YIELDED => "the TPM interrupted the command; send it again",
            TpmRc.CANCELED => "the command was cancelled",
            TpmRc.TESTING => "the TPM is testing itself; send the command again later",
            >= TpmRc.REFERENCE_H0 and <= TpmRc.REFERENCE_H6 =>
                "a handle names an object that is not loaded (the TPM was restarted, or the object flushed)",
            >= TpmRc.REFERENCE_S0 and <= TpmRc.REFERENCE_S6 =>
                "a handle names a session that is not loaded (the TPM was restarted, or the session flushed)",
            TpmRc.NV_RATE => "the TPM slows NV writes down to spare its memory; wait some seconds",
            TpmRc.LOCKOUT => "the TPM is locked out after too many wrong authorizations; wait, or reset it with the lockout authorization",
            TpmRc.RETRY => "the TPM is busy; send the command again",
            TpmRc.NV_UNAVAILABLE => "NV memory cannot be reached at the moment",
            TpmRc.NOT_USED => "the TPM gave a code that means nothing",
            _ => Unknown,
        };

    private const string Unknown = "no text is known for it";
}
