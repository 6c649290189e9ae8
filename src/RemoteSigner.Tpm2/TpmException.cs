namespace RemoteSigner.Tpm2;

/// <summary>The TPM refused a command. <see cref="Rc"/> is what to switch on; the message names the command, the code and its meaning.</summary>
public sealed class TpmException(TpmCc command, TpmResponseCode code) : Exception($"TPM2_{command} was refused with {code}")
{
    public TpmCc Command { get; } = command;

    public TpmResponseCode Code { get; } = code;

    public TpmRc Rc => Code.Rc;
}
