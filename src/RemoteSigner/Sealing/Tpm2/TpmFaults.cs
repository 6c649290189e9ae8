using RemoteSigner.Tpm2;

namespace RemoteSigner.Sealing.Tpm2;

/// <summary>
/// From what the TPM codec throws to words an operator acts on. What depends on the step (a PCR, the PIN) is told apart at that step.
/// </summary>
internal static class TpmFaults
{
    private const string Again = "the signer tries again by itself; look at the TPM if it goes on";

    public static SealingTpmException Of(Exception fault, string device) =>
        fault switch
        {
            SealingTpmException known => known,
            TpmTransportException transport => Of(transport, device),
            TpmIntegrityException { Fault: TpmIntegrityFault.Name } => new(
                SealingTpmFault.WrongStorageRootKey,
                $"the {device} is not the one that this vault was sealed under: {fault.Message}",
                "was the disk moved to another machine, or the TPM cleared? Open the vault "
                    + $"through another slot and give this TPM one: {SealingTpm.AnotherSlot}",
                fault
            ),
            TpmIntegrityException => new(
                SealingTpmFault.ResponseTampered,
                $"an answer of the {device} is not genuine: {fault.Message}",
                "somebody may be on the bus between processor and TPM: take the machine out of service and look",
                fault
            ),
            TpmException refused => Of(refused, device),
            _ => throw new System.Diagnostics.UnreachableException(null, fault),
        };

    private static SealingTpmException Of(TpmTransportException fault, string device) =>
        fault.Fault switch
        {
            TpmTransportFault.Unreachable => new(
                SealingTpmFault.Unreachable,
                $"the {device} cannot be reached: {fault.Message}",
                "is the TPM switched on in the firmware's setup, and is this user in the group tss?",
                fault
            ),
            TpmTransportFault.TimedOut => new(SealingTpmFault.Hung, $"the {device} hangs: {fault.Message}", Again, fault),
            TpmTransportFault.Rejected => new(
                SealingTpmFault.Restarted,
                $"the {device} has forgotten what was loaded: {fault.Message}",
                Again,
                fault
            ),
            _ => new(SealingTpmFault.Interrupted, $"the {device} went away in the middle of a command: {fault.Message}", Again, fault),
        };

    private static SealingTpmException Of(TpmException fault, string device) =>
        fault.Rc switch
        {
            TpmRc.LOCKOUT => new(
                SealingTpmFault.LockedOut,
                $"the {device} is locked out after too many wrong PINs",
                "it recovers by itself ('remote-signer tpm status' shows when); "
                    + "'tpm2_dictionarylockout --clear-lockout' with the lockout authorization ends it at once",
                fault
            ),
            TpmRc.NV_RATE => new(SealingTpmFault.RateLimited, $"the {device} slows writes down to spare its memory", Again, fault),
            _ when fault.IsOfOthers => new(
                SealingTpmFault.Busy,
                $"others use the {device} at the same time, and it has no room or no time left: {fault.Message}",
                Again,
                fault
            ),
            TpmRc.NV_SPACE => new(
                SealingTpmFault.NvFull,
                $"the {device} has no room for another NV index",
                "'tpm2_getcap handles-nv-index' lists them; take one away that nobody needs with tpm2_nvundefine",
                fault
            ),
            TpmRc.INITIALIZE or (>= TpmRc.REFERENCE_H0 and <= TpmRc.REFERENCE_S6) => new(
                SealingTpmFault.Restarted,
                $"the {device} was restarted in between: {fault.Message}",
                Again,
                fault
            ),
            TpmRc.INTEGRITY => new(
                SealingTpmFault.SealTampered,
                $"the {device} did not make what lies in the vault's slot: it was changed, or sealed by another TPM",
                "restore the vault from a backup, and find out who changed it",
                fault
            ),
            _ => new(
                SealingTpmFault.Refused,
                $"the {device} refused: {fault.Message}",
                "look up the code in the message; 'remote-signer tpm status' shows how the TPM stands",
                fault
            ),
        };
}
