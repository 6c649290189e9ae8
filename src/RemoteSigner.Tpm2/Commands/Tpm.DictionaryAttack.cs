namespace RemoteSigner.Tpm2;

/// <content>Chapter 25 of Part 3: the lockout, authorized with the lockout hierarchy's value.</content>
public sealed partial class Tpm
{
    /// <summary>TPM2_DictionaryAttackLockReset, Part 3 §25.2: ends a lockout and forgets the failures.</summary>
    public void DictionaryAttackLockReset(TpmAuthorization lockout) =>
        Run(TpmCc.DictionaryAttackLockReset, [TpmEntity.Lockout], [lockout], []).Dispose();

    /// <summary>
    /// TPM2_DictionaryAttackParameters, Part 3 §25.3: how many failures lock, after how long one is forgotten, and how long a failed
    /// lockout authorization bars the next. Whole seconds.
    /// </summary>
    public void DictionaryAttackParameters(TpmAuthorization lockout, int maxTries, TimeSpan recoveryTime, TimeSpan lockoutRecovery)
    {
        Span<byte> buffer = stackalloc byte[12];
        var writer = new TpmWriter(buffer);
        writer.UInt32((uint)maxTries);
        writer.UInt32((uint)recoveryTime.TotalSeconds);
        writer.UInt32((uint)lockoutRecovery.TotalSeconds);
        Run(TpmCc.DictionaryAttackParameters, [TpmEntity.Lockout], [lockout], writer.Written).Dispose();
    }
}
