namespace RemoteSigner.Tpm2;

/// <summary>
/// The TPM refused a command. <see cref="Rc"/> is what to switch on; the message names the command, the code and its meaning.
/// </summary>
public sealed class TpmException(TpmCc command, TpmResponseCode code) : Exception($"TPM2_{command} was refused with {code}")
{
    public TpmCc Command { get; } = command;

    public TpmResponseCode Code { get; } = code;

    public TpmRc Rc => Code.Rc;

    /// <summary>
    /// Nothing is wrong with the command, and it was not executed: the TPM is busy, or what it has room for is taken by others.
    /// </summary>
    public bool IsOfOthers => IsCodeOfOthers(Rc);

    internal static bool IsCodeOfOthers(TpmRc code) =>
        code
            is TpmRc.RETRY
                or TpmRc.YIELDED
                or TpmRc.TESTING
                or TpmRc.CANCELED
                or TpmRc.NV_UNAVAILABLE
                or TpmRc.CONTEXT_GAP
                or TpmRc.MEMORY
                or TpmRc.OBJECT_MEMORY
                or TpmRc.SESSION_MEMORY
                or TpmRc.OBJECT_HANDLES
                or TpmRc.SESSION_HANDLES;
}
